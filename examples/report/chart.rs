//! The ladder as a picture: allocations on the left, time on the right.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::layout::{grouped, grouped_f64};
use crate::model::{Report, Row};
use crate::parent::Swap;
use crate::stats::Estimate;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const WIDTH: i32 = 1080;
const MARGIN: i32 = 28;
/// The first row of bars.
const TOP: i32 = 142;
const ROW: i32 = 36;
const BAR: i32 = 20;
/// The gap above the rows of allocators.
const GAP: i32 = 20;
const NAMES_END: i32 = 190;
const COUNTS: Panel = Panel { left: 204, right: 540 };
const TIMES: Panel = Panel { left: 628, right: 868 };
/// Where the figures of the right panel stand, in a column of their own.
const TIMES_TEXT: i32 = 884;

const INK: RGBColor = RGBColor(31, 35, 40);
const FAINT: RGBColor = RGBColor(101, 109, 118);
const LINE: RGBColor = RGBColor(216, 222, 228);
const NAIVE: RGBColor = RGBColor(125, 133, 144);
const LEVERS: RGBColor = RGBColor(21, 101, 192);
const EXISTING: RGBColor = RGBColor(217, 119, 6);
const BLOCKS: RGBColor = RGBColor(15, 118, 110);
const SWAPPED: RGBColor = RGBColor(123, 97, 168);

/// Draws `report.svg`.
pub(crate) fn svg(report: &Report) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    let height = Rows::of(report).bottom() + 66;
    {
        let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        // Filled, so that it reads on a dark page too.
        area.fill(&WHITE)?;
        Chart { area: &area, report, rows: Rows::of(report) }.draw()?;
        area.present()?;
    }
    Ok(svg)
}

/// Where a figure is drawn along its axis.
#[derive(Clone, Copy, Debug)]
struct Panel {
    left: i32,
    right: i32,
}

impl Panel {
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    fn at(self, part: f64) -> i32 {
        self.left + (f64::from(self.right - self.left) * part).round() as i32
    }
}

/// Where the rows are.
#[derive(Clone, Copy, Debug)]
struct Rows {
    variants: i32,
    swaps: i32,
}

impl Rows {
    fn of(report: &Report) -> Self {
        let number = |length| i32::try_from(length).unwrap_or(i32::MAX);
        Self {
            variants: number(report.variants.len()),
            swaps: number(report.allocator_swaps.len()),
        }
    }

    fn bottom(self) -> i32 {
        let gap = if self.swaps > 0 { GAP } else { 0 };
        TOP + (self.variants + self.swaps) * ROW + gap
    }
}

struct Chart<'c, 'a> {
    area: &'c Area<'a>,
    report: &'c Report,
    rows: Rows,
}

impl Chart<'_, '_> {
    fn draw(&self) -> Drawn {
        self.heading()?;
        self.axes()?;
        let mut top = TOP;
        for row in &self.report.variants {
            self.variant(row, top)?;
            top += ROW;
        }
        if self.rows.swaps > 0 {
            let y = top + GAP / 2;
            self.line((MARGIN, y), (WIDTH - MARGIN, y), LINE)?;
            top += GAP;
        }
        for swap in &self.report.allocator_swaps {
            self.swap(swap, top)?;
            top += ROW;
        }
        self.footer()
    }

    fn heading(&self) -> Drawn {
        let report = self.report;
        let title = match (
            report.variants.first(),
            report.variants.iter().min_by_key(|row| row.counts.requests()),
        ) {
            (Some(first), Some(least)) if first.name != least.name => format!(
                "One request: from {} heap allocations to {}",
                grouped(first.counts.requests()),
                grouped(least.counts.requests())
            ),
            _ => "Heap allocations of one request".to_owned(),
        };
        self.text(&title, (MARGIN, 38), 24, INK, HPos::Left)?;
        let machine = &report.machine;
        let subtitle = format!(
            "{}, {} bytes. {}, {} cores. Allocator: {}.",
            report.request.name,
            grouped(report.request.bytes as u64),
            machine.cpu.as_deref().unwrap_or(&machine.platform),
            machine.cores,
            report.versions.allocator
        );
        self.text(&subtitle, (MARGIN, 66), 13, FAINT, HPos::Left)?;
        self.text(
            "allocations + reallocations per request",
            (COUNTS.left, 102),
            14,
            INK,
            HPos::Left,
        )?;
        let times = "time relative to naive, shorter is better";
        self.text(times, (TIMES.left, 102), 14, INK, HPos::Left)
    }

    fn axes(&self) -> Drawn {
        let (top, bottom) = (TOP - 8, self.rows.bottom());
        self.line((COUNTS.left, top), (COUNTS.left, bottom), LINE)?;
        let measured = self.report.allocator_swaps.iter().any(|swap| swap.measured);
        let bottom = if measured { bottom } else { TOP + self.rows.variants * ROW };
        if self.report.untimed.is_some() {
            return Ok(());
        }
        for (tick, label) in [
            (0.0, "0"),
            (0.25, "0.25"),
            (0.5, "0.5"),
            (0.75, "0.75"),
            (1.0, "1"),
            (2.0, "2"),
            (3.0, "3"),
        ] {
            if tick <= self.longest() {
                let x = TIMES.at(tick / self.longest());
                self.line((x, top), (x, bottom), if label == "1" { FAINT } else { LINE })?;
                self.text(label, (x, top - 8), 12, FAINT, HPos::Center)?;
            }
        }
        Ok(())
    }

    fn variant(&self, row: &Row, top: i32) -> Drawn {
        let colour = match row.name {
            "naive" => NAIVE,
            "existing" => EXISTING,
            "small" | "shared" | "pooled" | "best" => BLOCKS,
            _ => LEVERS,
        };
        let middle = top + ROW / 2;
        self.text(row.name, (NAMES_END, middle), 14, INK, HPos::Right)?;

        let most = self.report.variants.iter().map(|row| row.counts.requests()).max().unwrap_or(1);
        let allocations = COUNTS.at(part(row.counts.allocations, most));
        let requests = COUNTS.at(part(row.counts.requests(), most));
        self.bar((COUNTS.left, allocations), middle, colour.filled())?;
        self.bar((allocations, requests), middle, colour.mix(0.45).filled())?;
        let label = match row.counts.reallocations {
            0 => grouped(row.counts.allocations),
            more => format!("{} + {}", grouped(row.counts.allocations), grouped(more)),
        };
        self.text(&label, (requests + 8, middle), 13, INK, HPos::Left)?;

        match (row.estimate, row.nanoseconds) {
            (None, _) => self.remark("not timed", middle),
            (Some(Estimate::ONE), Some(nanoseconds)) => {
                let label = format!("1  ({} ns)", grouped_f64(nanoseconds));
                self.estimate(Estimate::ONE, &label, middle, colour)
            }
            (Some(estimate), _) => self.estimate(estimate, &label_of(estimate), middle, colour),
        }
    }

    fn swap(&self, swap: &Swap, top: i32) -> Drawn {
        let middle = top + ROW / 2;
        self.text(&swap.name, (NAMES_END, middle), 14, INK, HPos::Right)?;
        self.text("as naive", (COUNTS.left + 8, middle), 13, FAINT, HPos::Left)?;
        match swap.estimate {
            Some(estimate) => self.estimate(estimate, &label_of(estimate), middle, SWAPPED),
            None => self.remark(swap.reason.as_deref().unwrap_or_default(), middle),
        }
    }

    /// A bar with its interval; pale if it may be no difference at all.
    fn estimate(&self, estimate: Estimate, label: &str, y: i32, colour: RGBColor) -> Drawn {
        let [low, median, high] = [estimate.low, estimate.median, estimate.high]
            .map(|ratio| TIMES.at(ratio.min(self.longest()) / self.longest()));
        let sure = estimate.differs() || estimate == Estimate::ONE;
        let fill = if sure { colour.filled() } else { colour.mix(0.35).filled() };
        self.bar((TIMES.left, median), y, fill)?;
        if high > low {
            self.line((low, y), (high, y), INK)?;
            for end in [low, high] {
                self.line((end, y - 4), (end, y + 4), INK)?;
            }
        }
        self.text(label, (TIMES_TEXT, y), 13, INK, HPos::Left)
    }

    /// Words where a bar would be, on top of the axis.
    fn remark(&self, text: &str, y: i32) -> Drawn {
        let corners = [(TIMES.left + 1, y - ROW / 2), (WIDTH, y + ROW / 2 + 1)];
        self.area.draw(&Rectangle::new(corners, WHITE.filled()))?;
        self.text(text, (TIMES.left + 8, y), 13, FAINT, HPos::Left)
    }

    fn footer(&self) -> Drawn {
        let y = self.rows.bottom() + 28;
        let mut x = MARGIN;
        let mut legend = vec![
            (NAIVE, "what most back ends write", 204),
            (LEVERS, "levers, alone and together", 206),
            (EXISTING, "existing crates: the baseline", 214),
            (BLOCKS, "blocks of this crate", 160),
        ];
        if self.report.allocator_swaps.iter().any(|swap| swap.measured) {
            legend.push((SWAPPED, "naive beside the system's allocator", 0));
        }
        for (colour, text, width) in legend {
            self.area.draw(&Rectangle::new([(x, y - 6), (x + 12, y + 6)], colour.filled()))?;
            self.text(text, (x + 18, y), 12, FAINT, HPos::Left)?;
            x += width;
        }
        let note = "Paler end of a bar: reallocations. Whisker: 95 % interval of the median ratio; \
                    a pale bar may be no difference at all.";
        self.text(note, (MARGIN, y + 22), 12, FAINT, HPos::Left)
    }

    /// The end of the time axis.
    fn longest(&self) -> f64 {
        let variants = self.report.variants.iter().filter_map(|row| row.estimate);
        let swaps = self.report.allocator_swaps.iter().filter_map(|swap| swap.estimate);
        variants.chain(swaps).map(|estimate| estimate.high).fold(1.0, f64::max).min(4.0)
    }

    fn bar(&self, (from, to): (i32, i32), middle: i32, style: ShapeStyle) -> Drawn {
        if to > from {
            let corners = [(from, middle - BAR / 2), (to, middle + BAR / 2)];
            self.area.draw(&Rectangle::new(corners, style))?;
        }
        Ok(())
    }

    fn line(&self, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Drawn {
        Ok(self.area.draw(&PathElement::new(vec![from, to], colour.stroke_width(1)))?)
    }

    fn text(&self, text: &str, at: (i32, i32), size: i32, colour: RGBColor, h: HPos) -> Drawn {
        let weight = if size > 20 { FontStyle::Bold } else { FontStyle::Normal };
        let font = ("sans-serif", size).into_font().style(weight);
        let style = font.color(&colour).pos(Pos::new(h, VPos::Center));
        Ok(self.area.draw(&Text::new(text.to_owned(), at, style))?)
    }
}

fn label_of(estimate: Estimate) -> String {
    if estimate.differs() {
        format!("{:.2}  [{:.2}, {:.2}]", estimate.median, estimate.low, estimate.high)
    } else {
        "no clear difference".to_owned()
    }
}

#[expect(clippy::cast_precision_loss, reason = "pixels")]
fn part(number: u64, most: u64) -> f64 {
    number as f64 / most.max(1) as f64
}
