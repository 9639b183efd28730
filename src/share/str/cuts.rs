//! `str`'s methods that cut, with parts that need no lifetime.

use super::Str;
use super::pattern::Pattern;

impl Str {
    /// Cuts off white space at both ends, as `str::trim`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// assert_eq!(thrifty::share::Str::from(" ada\r\n").trim(), "ada");
    /// ```
    #[must_use]
    #[inline]
    pub fn trim(&self) -> Self {
        self.part(self.as_str().trim())
    }

    /// Cuts off white space at the start, as `str::trim_start`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// assert_eq!(thrifty::share::Str::from(" ada ").trim_start(), "ada ");
    /// ```
    #[must_use]
    #[inline]
    pub fn trim_start(&self) -> Self {
        self.part(self.as_str().trim_start())
    }

    /// Cuts off white space at the end, as `str::trim_end`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// assert_eq!(thrifty::share::Str::from(" ada ").trim_end(), " ada");
    /// ```
    #[must_use]
    #[inline]
    pub fn trim_end(&self) -> Self {
        self.part(self.as_str().trim_end())
    }

    /// Cuts off a prefix, or says that there is none.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// let text = thrifty::share::Str::from("Bearer x4f");
    /// assert_eq!(text.strip_prefix("Bearer ").unwrap(), "x4f");
    /// assert_eq!(text.strip_prefix('?'), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn strip_prefix<K: ?Sized>(&self, pattern: impl Pattern<K>) -> Option<Self> {
        Some(self.part(pattern.strip_prefix(self.as_str())?))
    }

    /// Cuts off a suffix, or says that there is none.
    ///
    /// # Allocation
    ///
    /// Never allocates while the part has at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// let text = thrifty::share::Str::from("api.example.com.");
    /// assert_eq!(text.strip_suffix('.').unwrap(), "api.example.com");
    /// assert_eq!(text.strip_suffix('?'), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn strip_suffix<K: ?Sized>(&self, pattern: impl Pattern<K>) -> Option<Self> {
        Some(self.part(pattern.strip_suffix(self.as_str())?))
    }

    /// Splits at the first match, and leaves that out.
    ///
    /// # Allocation
    ///
    /// Never allocates while the parts have at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// let text = thrifty::share::Str::from("a=b=c");
    /// let (before, after) = text.split_once('=').unwrap();
    /// assert_eq!((&*before, &*after), ("a", "b=c"));
    /// ```
    #[must_use]
    #[inline]
    pub fn split_once<K: ?Sized>(&self, pattern: impl Pattern<K>) -> Option<(Self, Self)> {
        let (before, after) = pattern.split_once(self.as_str())?;
        Some((self.part(before), self.part(after)))
    }

    /// Splits at the last match, and leaves that out.
    ///
    /// # Allocation
    ///
    /// Never allocates while the parts have at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes.
    ///
    /// ```
    /// let text = thrifty::share::Str::from("a=b=c");
    /// let (before, after) = text.rsplit_once('=').unwrap();
    /// assert_eq!((&*before, &*after), ("a=b", "c"));
    /// ```
    #[must_use]
    #[inline]
    pub fn rsplit_once<K: ?Sized>(&self, pattern: impl Pattern<K>) -> Option<(Self, Self)> {
        let (before, after) = pattern.rsplit_once(self.as_str())?;
        Some((self.part(before), self.part(after)))
    }

    /// Splits at every match; see [`Pattern`] for what it may be.
    ///
    /// It goes forward only: for other ways to split, map [`slice_ref`](Self::slice_ref) over `str`'s own.
    ///
    /// # Allocation
    ///
    /// Never allocates while the parts have at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes. Further parts add nothing.
    ///
    /// ```
    /// let row = thrifty::share::Str::from("ada;grace;");
    /// assert!(row.split(';').eq(["ada", "grace", ""]));
    /// ```
    #[inline]
    pub fn split<K: ?Sized, P: Pattern<K>>(
        &self,
        pattern: P,
    ) -> impl Iterator<Item = Self> + use<'_, K, P> {
        pattern.split(self.as_str()).map(|part| self.part(part))
    }

    /// Splits at white space, as `str::split_whitespace`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the parts have at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes. Further parts add nothing.
    ///
    /// ```
    /// assert!(thrifty::share::Str::from(" ada  grace ").split_whitespace().eq(["ada", "grace"]));
    /// ```
    #[inline]
    pub fn split_whitespace(&self) -> impl DoubleEndedIterator<Item = Self> {
        self.as_str().split_whitespace().map(|part| self.part(part))
    }

    /// Splits into lines, without their ends, as `str::lines`.
    ///
    /// # Allocation
    ///
    /// Never allocates while the parts have at most 23 bytes, or the text has its count already;
    /// otherwise once, for the count's 24 bytes. Further parts add nothing.
    ///
    /// ```
    /// assert!(thrifty::share::Str::from("ada\r\ngrace\n").lines().eq(["ada", "grace"]));
    /// ```
    #[inline]
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Self> {
        self.as_str().lines().map(|part| self.part(part))
    }
}
