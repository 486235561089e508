/// The ending of link files, with its dot.
pub const LINK_EXTENSION: &str = ".url";

/// Link files that browsers and desktops open: the `.url` form (an INI file) that Windows, macOS and
/// Linux desktops know.
pub fn link_file(address: &str) -> Vec<u8> {
    let address: String = address.chars().filter(|c| !c.is_control()).collect();
    format!("[InternetShortcut]\r\nURL={address}\r\n").into_bytes()
}
