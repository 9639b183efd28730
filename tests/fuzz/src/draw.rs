//! Values of any type with `Deserialize`, drawn from bytes: an enum's variant by one of them.
//!
//! Every input has a meaning, nearby inputs have similar ones, and sizes stay where the model tests
//! draw theirs: mostly around the inline capacities, now and then around the sizes of blocks.

use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Operations in one program at most.
const LONGEST: usize = 64;

pub(crate) struct Draw<'a> {
    data: &'a [u8],
    most: u8,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, most: u8::MAX }
    }

    /// With bytes from 1 to `most` where the type is `u8`.
    pub(crate) fn bytes(self, most: u8) -> Self {
        Self { most, ..self }
    }

    pub(crate) fn number(&mut self) -> usize {
        let byte = usize::from(self.byte());
        match byte {
            0..=199 => byte % 40,
            200..=239 => 240 + byte % 20,
            _ => (byte % 4 + 1) * 1024 + usize::from(self.byte()) % 4 - 2,
        }
    }

    pub(crate) fn value<T: Deserialize<'a>>(&mut self) -> T {
        T::deserialize(self).expect("every type that is used can be drawn")
    }

    /// As many values as the bytes last for, up to a bound.
    pub(crate) fn list<T: Deserialize<'a>>(&mut self) -> Vec<T> {
        let mut list = Vec::new();
        while !self.data.is_empty() && list.len() < LONGEST {
            list.push(self.value());
        }
        list
    }

    /// The next byte; zeros behind the end.
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.data.split_first() else { return 0 };
        self.data = rest;
        first
    }

    fn char(&mut self) -> char {
        const CHARS: [char; 16] =
            ['a', 'b', 'c', 'A', '7', ' ', ',', '=', '-', '\n', 'ß', 'é', '€', '語', '東', '𝄞'];
        CHARS[usize::from(self.byte()) % CHARS.len()]
    }

    fn text(&mut self) -> String {
        let len = self.byte() % 48;
        (0..len).map(|_| self.char()).collect()
    }
}

impl<'de> Deserializer<'de> for &mut Draw<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.byte() % 2 == 1)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let byte = self.byte();
        visitor.visit_u8(1 + byte % self.most)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(u32::from(self.byte()))
    }

    /// A `usize` too.
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.number() as u64)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_char(self.char())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.text())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let left = usize::from(self.byte() % 24);
        visitor.visit_seq(Items { draw: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items { draw: self, left: len })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant { count: variants.len(), draw: self })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u16 f32 f64 str bytes byte_buf option unit unit_struct newtype_struct
        tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a, 'de> {
    draw: &'a mut Draw<'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.draw).map(Some)
    }
}

struct Variant<'a, 'de> {
    count: usize,
    draw: &'a mut Draw<'de>,
}

impl<'a, 'de> EnumAccess<'de> for Variant<'a, 'de> {
    type Error = Error;
    type Variant = &'a mut Draw<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self::Variant), Error> {
        let index = u32::from(self.draw.byte()) % u32::try_from(self.count).expect("few variants");
        let index: U32Deserializer<Error> = index.into_deserializer();
        Ok((seed.deserialize(index)?, self.draw))
    }
}

impl<'de> VariantAccess<'de> for &mut Draw<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(fields.len(), visitor)
    }
}
