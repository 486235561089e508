//! The corners of a made-up space that are there by name.

/// A file or folder that is there by name.
#[derive(Debug, Clone)]
pub(super) struct Corner {
    /// `None`: the home.
    pub parent: Option<usize>,
    pub name: String,
    /// `None`: a folder.
    pub len: Option<u64>,
    pub mount: &'static str,
}

/// Names that other systems do not bear, and what belongs to others.
pub(super) fn corners() -> Vec<Corner> {
    let long = format!("{}.txt", "é".repeat(123));
    let traps = [
        "Case.txt",
        "case.txt",
        "CON",
        "aux.txt",
        "...",
        "fin en espace ",
        "fin en point.",
        "tabulation : \u{a0} espace insécable",
        "a\"b*c<d>e|f?g:h",
        "100 % #1 & plus; à + b = c.txt",
        "famille 👩\u{200d}👩\u{200d}👧.txt",
        "vide.txt",
        long.as_str(),
    ];
    let corner = |parent, name: &str, len, mount| Corner {
        parent,
        name: name.to_owned(),
        len,
        mount,
    };
    let mut corners = vec![
        corner(None, "Noms difficiles", None, ""),
        corner(None, "Partagé par Bob", None, "shared"),
        corner(Some(1), "Planning.ods", Some(5_000), "shared"),
        corner(Some(1), "Photos de Bob", None, "shared"),
        corner(Some(3), "plage.jpg", Some(40_000), "shared"),
        corner(None, "Reçu de Bob.odt", Some(3_000), "shared"),
        corner(None, "Disque de la mairie", None, "external"),
        corner(Some(6), "cadastre.pdf", Some(9_000), "external"),
        corner(None, "Équipe", None, "group"),
        corner(Some(8), "Charte.pdf", Some(7_000), "group"),
        corner(None, "Dossier vide", None, ""),
    ];
    for (nth, name) in (0_u64..).zip(traps) {
        let len = if name == "vide.txt" { 0 } else { 50 + nth };
        corners.push(corner(Some(0), name, Some(len), ""));
    }
    corners
}
