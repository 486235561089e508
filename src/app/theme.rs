//! Colours and sizes: warm paper by day, a lamp-lit room by night. `tests` hold every pair of colours to
//! WCAG 2.2: 4.5:1 for text, 3:1 for what must be made out.

use std::sync::LazyLock;

use iced::font::Weight;
use iced::theme::{Custom, Mode};
use iced::{Color, Font, Theme, color};

use crate::settings::Appearance;

/// The embedded font: Source Sans 3 has Latin, Greek, Cyrillic, arrows, marks, and the narrow spaces of
/// French.
pub const FONT: Font = Font::with_name("Source Sans 3");
pub const STRONG: Font = Font {
    weight: Weight::Semibold,
    ..FONT
};
pub const FONT_FILES: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/SourceSans3-Regular.ttf"),
    include_bytes!("../../assets/fonts/SourceSans3-SemiBold.ttf"),
];

/// Sizes of text, in logical pixels at a zoom of 100 %.
pub mod size {
    pub const TITLE: f32 = 30.0;
    pub const HEADING: f32 = 20.0;
    pub const BIG: f32 = 24.0;
    pub const TEXT: f32 = 17.0;
    pub const SMALL: f32 = 15.0;
}

/// Distances, in logical pixels at a zoom of 100 %.
pub mod space {
    pub const TINY: f32 = 4.0;
    pub const SMALL: f32 = 8.0;
    pub const MEDIUM: f32 = 14.0;
    pub const LARGE: f32 = 24.0;
    pub const HUGE: f32 = 40.0;
}

pub const RADIUS: f32 = 8.0;

/// All colours of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colours {
    pub page: Color,
    /// Cards, inputs, dialogs.
    pub surface: Color,
    /// The steps at the side.
    pub rail: Color,
    pub text: Color,
    /// What is less important, still read.
    pub muted: Color,
    /// The one next thing to do.
    pub primary: Color,
    pub primary_hover: Color,
    pub on_primary: Color,
    /// A chosen row or option.
    pub chosen: Color,
    /// Edges of what can be operated.
    pub edge: Color,
    /// Lines that only part things.
    pub line: Color,
    pub danger: Color,
    pub on_danger: Color,
    pub danger_soft: Color,
    pub warning: Color,
    pub warning_soft: Color,
    pub success: Color,
    pub success_soft: Color,
    pub info: Color,
    pub info_soft: Color,
    /// The ring around what has the keyboard.
    pub focus: Color,
}

pub const LIGHT: Colours = Colours {
    page: color!(0xfb_f7_f0),
    surface: color!(0xff_fe_fb),
    rail: color!(0xf2_ea_dd),
    text: color!(0x2b_26_20),
    muted: color!(0x5f_56_4a),
    primary: color!(0x2c_65_4a),
    primary_hover: color!(0x23_53_3c),
    on_primary: color!(0xff_ff_ff),
    chosen: color!(0xe4_ee_e3),
    edge: color!(0x87_7b_6b),
    line: color!(0xe2_d8_c8),
    danger: color!(0xa3_2e_1d),
    on_danger: color!(0xff_ff_ff),
    danger_soft: color!(0xfb_e9_e4),
    warning: color!(0x7a_50_00),
    warning_soft: color!(0xfb_f0_d6),
    success: color!(0x2c_65_4a),
    success_soft: color!(0xe4_ee_e3),
    info: color!(0x28_57_7a),
    info_soft: color!(0xe6_ee_f4),
    focus: color!(0x1d_5f_a6),
};

pub const DARK: Colours = Colours {
    page: color!(0x22_1f_1b),
    surface: color!(0x2c_28_23),
    rail: color!(0x1b_18_15),
    text: color!(0xf0_e9_dd),
    muted: color!(0xc2_b7_a7),
    primary: color!(0x8f_c9_a8),
    primary_hover: color!(0xa9_d8_bd),
    on_primary: color!(0x14_25_1b),
    chosen: color!(0x2e_40_36),
    edge: color!(0x97_8c_7d),
    line: color!(0x43_3d_35),
    danger: color!(0xf2_a1_93),
    on_danger: color!(0x3a_0d_06),
    danger_soft: color!(0x45_28_22),
    warning: color!(0xe8_bd_6a),
    warning_soft: color!(0x40_33_1c),
    success: color!(0x8f_c9_a8),
    success_soft: color!(0x2a_3a_31),
    info: color!(0x9b_c5_e6),
    info_soft: color!(0x25_34_40),
    focus: color!(0xf4_cd_82),
};

static LIGHT_THEME: LazyLock<Theme> = LazyLock::new(|| theme("Transhumance light", &LIGHT));
static DARK_THEME: LazyLock<Theme> = LazyLock::new(|| theme("Transhumance dark", &DARK));

fn theme(name: &'static str, colours: &Colours) -> Theme {
    let palette = iced::theme::Palette {
        background: colours.page,
        text: colours.text,
        primary: colours.primary,
        success: colours.success,
        warning: colours.warning,
        danger: colours.danger,
    };
    let extended = iced::theme::palette::Extended::generate;
    Theme::Custom(std::sync::Arc::new(Custom::with_fn(
        name, palette, extended,
    )))
}

/// The theme for a choice, when the system is set to `system`.
pub fn of(appearance: Appearance, system: Mode) -> Theme {
    match (appearance, system) {
        (Appearance::Dark, _) | (Appearance::System, Mode::Dark) => DARK_THEME.clone(),
        _ => LIGHT_THEME.clone(),
    }
}

/// The colours that go with a theme made by [`of`].
pub fn colours(theme: &Theme) -> &'static Colours {
    if theme.extended_palette().is_dark {
        &DARK
    } else {
        &LIGHT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, "contrast ratio".
    fn contrast(a: Color, b: Color) -> f32 {
        let luminance = |c: Color| {
            let [r, g, b, _] = c.into_linear();
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn both() -> [(&'static str, Colours); 2] {
        [("light", LIGHT), ("dark", DARK)]
    }

    #[test]
    fn every_text_can_be_read() {
        for (name, c) in both() {
            let grounds = [c.page, c.surface, c.rail, c.chosen];
            let mut pairs = vec![
                ("on primary", c.on_primary, c.primary),
                ("on primary, hovered", c.on_primary, c.primary_hover),
                ("on danger", c.on_danger, c.danger),
            ];
            for ground in grounds {
                pairs.push(("text", c.text, ground));
                pairs.push(("muted", c.muted, ground));
                pairs.push(("primary", c.primary, ground));
            }
            for (what, colour, soft) in [
                ("danger", c.danger, c.danger_soft),
                ("warning", c.warning, c.warning_soft),
                ("success", c.success, c.success_soft),
                ("info", c.info, c.info_soft),
            ] {
                pairs.push((what, colour, soft));
                pairs.push((what, colour, c.page));
                pairs.push((what, colour, c.surface));
                pairs.push(("text in a notice", c.text, soft));
            }
            for (what, front, back) in pairs {
                let ratio = contrast(front, back);
                assert!(ratio >= 4.5, "{name}: {what} has {ratio:.2}");
            }
        }
    }

    #[test]
    fn everything_that_is_operated_can_be_made_out() {
        for (name, c) in both() {
            for ground in [c.page, c.surface, c.rail, c.chosen] {
                for (what, colour) in [("edge", c.edge), ("focus", c.focus), ("bar", c.primary)] {
                    let ratio = contrast(colour, ground);
                    assert!(ratio >= 3.0, "{name}: {what} has {ratio:.2}");
                }
            }
            // The ring lies outside of a button, with a gap; it must still be told from the button.
            assert!(contrast(c.focus, c.page) >= 3.0, "{name}");
        }
    }

    #[test]
    fn the_colours_go_with_the_theme() {
        assert_eq!(colours(&of(Appearance::Dark, Mode::Light)), &DARK);
        assert_eq!(colours(&of(Appearance::Light, Mode::Dark)), &LIGHT);
        assert_eq!(colours(&of(Appearance::System, Mode::Dark)), &DARK);
        assert_eq!(colours(&of(Appearance::System, Mode::None)), &LIGHT);
    }
}
