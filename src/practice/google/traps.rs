//! Everything that makes a real Drive hard, once each: the fixed part of every practice world.

use super::super::content::{Content, mix};
use super::super::world::Native;
use super::ids::{Ids, Series};
use super::node::{Digests, FOLDER, Node, NodeKind, Obstacle, Owner, Reach};

/// A shared drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedDrive {
    /// Also the id of its root folder.
    pub id: String,
    pub name: &'static str,
}

/// The traps, and the shared drives that some of them lie in.
#[derive(Debug)]
pub(super) struct Traps {
    /// Each with a label of ours, by which tests find it.
    pub nodes: Vec<(&'static str, Node)>,
    pub drives: Vec<SharedDrive>,
}

/// 2024-05-06T07:08:09.123Z in milliseconds since 1970.
const BASE: i64 = 1_714_979_289_123;
const DAY: i64 = 86_400_000;

pub(super) fn traps(ids: Ids, seed: u64, root: &str) -> Traps {
    let drives = vec![
        SharedDrive {
            id: ids.root(1),
            name: "Commission Légumes",
        },
        SharedDrive {
            id: ids.root(2),
            name: " Coopérative : Terres/Communes ? ",
        },
    ];
    let mut maker = Maker {
        ids,
        seed,
        nodes: Vec::new(),
    };
    maker.names(root);
    maker.twins(root);
    maker.documents(root);
    maker.contents(root);
    maker.obstacles(root);
    maker.shortcuts(root, &drives);
    maker.orphans();
    maker.trash(root);
    for drive in &drives {
        maker.shared_drive(&drive.id);
    }
    maker.shared_with_me();
    Traps {
        nodes: maker.nodes,
        drives,
    }
}

struct Maker {
    ids: Ids,
    seed: u64,
    nodes: Vec<(&'static str, Node)>,
}

impl Maker {
    fn number(&self) -> u64 {
        self.nodes.len() as u64
    }

    fn next_id(&self, document: bool) -> String {
        self.ids.encode(Series::Trap, self.number(), document)
    }

    /// Adds an item whose number and dates follow from its place in the order; gives its id.
    fn add(&mut self, label: &'static str, parent: &str, name: &str, kind: NodeKind) -> String {
        let document = matches!(kind, NodeKind::Document { .. } | NodeKind::Page(_));
        let mut node = Node::new(self.next_id(document), name, kind);
        node.parent = Some(parent.to_owned());
        node.modified = BASE + self.nodes.len() as i64 * DAY / 3;
        node.created = node.modified - 90 * DAY;
        let id = node.id.clone();
        self.nodes.push((label, node));
        id
    }

    /// Changes the item that was added last.
    fn but(&mut self, change: impl FnOnce(&mut Node)) {
        if let Some((_, node)) = self.nodes.last_mut() {
            change(node);
        }
    }

    fn folder(&mut self, label: &'static str, parent: &str, name: &str) -> String {
        self.add(label, parent, name, NodeKind::Folder)
    }

    fn file(&mut self, label: &'static str, parent: &str, name: &str) -> String {
        let length = 200 + mix(self.seed, self.number()) % 3_000;
        self.sized(label, parent, name, length)
    }

    fn sized(&mut self, label: &'static str, parent: &str, name: &str, length: u64) -> String {
        let seed = mix(self.seed ^ 0x7a95, self.number());
        let (content, media_type) = match name.rsplit_once('.').map(|(_, e)| e) {
            Some("pdf") => (Content::noise(seed, length), "application/pdf"),
            Some("jpg") => (Content::noise(seed, length), "image/jpeg"),
            Some("txt" | "TXT") => (Content::text(seed, length), "text/plain"),
            Some("odt") => (
                Content::noise(seed, length),
                "application/vnd.oasis.opendocument.text",
            ),
            Some("docx") => (
                Content::noise(seed, length),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            _ => (Content::noise(seed, length), "application/octet-stream"),
        };
        let kind = NodeKind::File {
            content,
            media_type: media_type.to_owned(),
            digests: Digests::All,
        };
        self.add(label, parent, name, kind)
    }

    fn document(
        &mut self,
        label: &'static str,
        parent: &str,
        name: &str,
        native: Native,
    ) -> String {
        let kind = NodeKind::Document {
            native,
            seed: mix(self.seed, self.number()),
            stable: true,
            ballast: 0,
        };
        self.add(label, parent, name, kind)
    }

    fn page(&mut self, label: &'static str, parent: &str, name: &str, kind: &str) -> String {
        let media_type = format!("application/vnd.google-apps.{kind}");
        self.add(label, parent, name, NodeKind::Page(media_type))
    }

    fn shortcut(
        &mut self,
        label: &'static str,
        parent: &str,
        name: &str,
        target: &str,
        target_type: &str,
    ) -> String {
        let kind = NodeKind::Shortcut {
            target: target.to_owned(),
            target_type: target_type.to_owned(),
            target_key: None,
        };
        self.add(label, parent, name, kind)
    }

    /// Makes the last item someone else's, known by its id only.
    fn outside(&mut self) {
        self.but(|node| {
            node.owner = Owner::Other(5);
            node.parent = None;
            node.reach = Reach::ById;
        });
    }

    fn names(&mut self, root: &str) {
        let folder = self.folder("names", root, "Noms impossibles");
        for (label, name) in NAMES {
            self.file(label, &folder, name);
        }
        let long = "Compte rendu très détaillé ".repeat(11) + ".txt";
        self.file("name-long", &folder, &long);
        self.file("name-long-ascii", &folder, &("x".repeat(300) + ".pdf"));
        let long = "\u{1f986}".repeat(70) + ".jpg";
        self.file("name-long-emoji", &folder, &long);
        let part = self.folder("folder-part", &folder, "travaux.part");
        self.file("in-folder-part", &part, "dedans.txt");
        let slash = self.folder("folder-slash", &folder, "Entrées/Sorties");
        self.file("in-folder-slash", &slash, "dedans.txt");
        self.folder("folder-dots", &folder, "..");
        let mut deep = self.folder("deep", root, "Profondeurs");
        for level in 0..20 {
            let name = format!("niveau {level:02} {}", "très profond ".repeat(3));
            deep = self.folder("deeper", &deep, &name);
        }
        self.file("deepest", &deep, "tout au fond.txt");
    }

    fn twins(&mut self, root: &str) {
        let folder = self.folder("twins", root, "Jumeaux");
        for (label, name) in [
            ("twin-1", "Photo de groupe.jpg"),
            ("twin-2", "Photo de groupe.jpg"),
            ("twin-3", "Photo de groupe.jpg"),
            ("twin-numbered", "Photo de groupe (2).jpg"),
            ("case-1", "Lisez-moi.txt"),
            ("case-2", "LISEZ-MOI.TXT"),
            ("nfc", "\u{c9}t\u{e9}.txt"),
            ("nfd", "E\u{301}te\u{301}.txt"),
            ("file-like-folder", "Archives"),
        ] {
            self.file(label, &folder, name);
        }
        self.folder("folder-like-file", &folder, "Archives");
        for (label, inside, name) in [
            ("folder-twin-1", "in-folder-twin-1", "Doublon"),
            ("folder-twin-2", "in-folder-twin-2", "Doublon"),
            ("folder-twin-case", "in-folder-twin-case", "DOUBLON"),
        ] {
            let twin = self.folder(label, root, name);
            self.file(inside, &twin, "a.txt");
        }
        // The same bytes twice under two names.
        let first = self.file("same-content-1", &folder, "original.pdf");
        let kind = self
            .nodes
            .iter()
            .find(|(_, node)| node.id == first)
            .map_or(NodeKind::Folder, |(_, node)| node.kind.clone());
        self.add("same-content-2", &folder, "copie.pdf", kind);
    }

    fn documents(&mut self, root: &str) {
        let folder = self.folder("documents", root, "Budgets");
        self.document("doc-budget", &folder, "Budget", Native::Text);
        self.document("doc-budget-2", &folder, "Budget", Native::Text);
        self.document("sheet-budget", &folder, "Budget", Native::Sheet);
        for (label, name) in [
            ("budget-odt", "Budget.odt"),
            ("budget-docx", "Budget.docx"),
            ("budget-pdf", "Budget.pdf"),
        ] {
            self.file(label, &folder, name);
        }
        self.document("doc-odt", &folder, "Notes.odt", Native::Text);
        self.document("doc-slash", &folder, "Budget 2023/2024", Native::Text);
        self.document("doc-empty-name", &folder, "", Native::Text);
        self.document("slides", &folder, "Assemblée générale", Native::Slides);
        self.document("drawing", &folder, "Plan du local", Native::Drawing);
        self.document("doc-unstable", &folder, "Compte rendu vivant", Native::Text);
        self.unstable();
        self.document(
            "sheet-unstable",
            &folder,
            "Émargement vivant",
            Native::Sheet,
        );
        self.unstable();
        self.document("doc-large", &folder, "Rapport illustré", Native::Text);
        self.but(|node| {
            if let NodeKind::Document { ballast, .. } = &mut node.kind {
                *ballast = 12 * 1024 * 1024;
            }
        });
        for (label, name, kind) in [
            ("form", "Inscription aux paniers", "form"),
            ("site", "Site de l'AMAP", "site"),
            ("map", "Carte des producteurs", "map"),
            ("jam", "Remue-méninges", "jam"),
            ("script", "Relance des adhésions", "script"),
            ("vid", "Film de la fête", "vid"),
            ("third-party", "Schéma", "drive-sdk.796396377186"),
        ] {
            self.page(label, &folder, name, kind);
        }
    }

    fn unstable(&mut self) {
        self.but(|node| {
            if let NodeKind::Document { stable, .. } = &mut node.kind {
                *stable = false;
            }
        });
    }

    fn contents(&mut self, root: &str) {
        let folder = self.folder("contents", root, "Vieux fichiers");
        self.folder("empty-folder", &folder, "vide");
        self.sized("empty-file", &folder, "vide.txt", 0);
        self.sized("one-byte", &folder, "un octet.bin", 1);
        for (label, name, digests) in [
            ("md5-only", "archive 2011.pdf", Digests::Md5),
            ("no-digest", "sans empreinte.bin", Digests::None),
        ] {
            self.file(label, &folder, name);
            self.but(|node| {
                if let NodeKind::File { digests: known, .. } = &mut node.kind {
                    *known = digests;
                }
            });
        }
        for (label, name, modified) in [
            ("before-1970", "registre de 1904.txt", -2_082_844_800_000),
            ("day-one", "premier janvier 1970.txt", 43_200_000),
            ("after-2038", "rendez-vous de 2040.txt", 2_214_086_400_000),
        ] {
            self.file(label, &folder, name);
            self.but(|node| {
                node.modified = modified;
                node.created = modified.min(BASE);
            });
        }
        self.file("starred", &folder, "favori.txt");
        self.but(|node| node.starred = true);
        self.folder("starred-folder", &folder, "Dossier favori");
        self.but(|node| node.starred = true);
        self.file("described", &folder, "décrit.txt");
        self.but(|node| node.description = Some("Relu par Noémie.\nÀ garder dix ans.".into()));
        self.file("to-be-moved", &folder, "à déplacer.txt");
    }

    fn obstacles(&mut self, root: &str) {
        let folder = self.folder("obstacles", root, "Refus");
        self.file("abusive", &folder, "facture.exe");
        self.but(|node| node.obstacle = Obstacle::Abusive);
        self.file("quota-exceeded", &folder, "film très demandé.bin");
        self.but(|node| node.obstacle = Obstacle::QuotaExceeded);
    }

    fn shortcuts(&mut self, root: &str, drives: &[SharedDrive]) {
        let file = self.file("outside-file", root, "Tarifs de la ferme.pdf");
        self.outside();
        let document = self.document("outside-doc", root, "Charte", Native::Text);
        self.outside();
        let outside = self.folder("outside-folder", root, "Ferme des Trois Chênes");
        self.outside();
        self.file("in-outside-folder", &outside, "Semis.txt");
        self.but(|node| {
            node.owner = Owner::Other(5);
            node.reach = Reach::InFolder;
        });
        let keyed = self.file("outside-keyed", root, "Sous clef.pdf");
        self.outside();
        self.but(|node| node.resource_key = Some("0-clefDuCanard".into()));

        let folder = self.folder("shortcuts", root, "Raccourcis");
        let moved = self.find("to-be-moved");
        self.shortcut(
            "shortcut-own",
            &folder,
            "à déplacer.txt",
            &moved,
            "text/plain",
        );
        let pdf = "application/pdf";
        self.shortcut("shortcut-outside-1", &folder, "Tarifs.pdf", &file, pdf);
        self.shortcut(
            "shortcut-outside-2",
            &folder,
            "Tarifs (bis).pdf",
            &file,
            pdf,
        );
        let text = super::node::native_type(Native::Text);
        self.shortcut("shortcut-outside-doc", &folder, "Charte", &document, text);
        self.shortcut(
            "shortcut-outside-folder",
            &folder,
            "La ferme",
            &outside,
            FOLDER,
        );
        self.shortcut("shortcut-keyed", &folder, "Sous clef.pdf", &keyed, pdf);
        self.but(|node| {
            if let NodeKind::Shortcut { target_key, .. } = &mut node.kind {
                *target_key = Some("0-clefDuCanard".into());
            }
        });
        let nowhere = self.ids.encode(Series::Trap, 1 << 40, false);
        self.shortcut("shortcut-dangling", &folder, "Disparu.pdf", &nowhere, pdf);
        self.shortcut("shortcut-loop", &folder, "Retour", &folder, FOLDER);
        self.shortcut("shortcut-root", &folder, "Mon Drive", root, FOLDER);
        if let Some(drive) = drives.first() {
            self.shortcut(
                "shortcut-drive",
                &folder,
                "La commission",
                &drive.id,
                FOLDER,
            );
        }
        let trashed = self.file("trashed-target", &folder, "jeté mais visé.txt");
        self.but(|node| node.trashed = true);
        self.shortcut(
            "shortcut-trashed",
            &folder,
            "Jeté.txt",
            &trashed,
            "text/plain",
        );
    }

    fn find(&self, label: &str) -> String {
        let found = self.nodes.iter().find(|(known, _)| *known == label);
        found.map(|(_, node)| node.id.clone()).unwrap_or_default()
    }

    fn orphans(&mut self) {
        self.file("orphan", "", "Sans dossier.txt");
        self.but(|node| node.parent = None);
        let folder = self.folder("orphan-folder", "", "Dossier perdu");
        self.but(|node| node.parent = None);
        self.file("in-orphan-folder", &folder, "dedans.txt");
        // Mine, in a folder of someone else's that I cannot see.
        let unseen = self.ids.encode(Series::Trap, 1 << 41, false);
        self.file("orphan-elsewhere", &unseen, "Chez quelqu'un d'autre.txt");
    }

    fn trash(&mut self, root: &str) {
        self.file("trashed", root, "brouillon.txt");
        self.but(|node| node.trashed = true);
        let folder = self.folder("trashed-folder", root, "Corbeille");
        self.but(|node| node.trashed = true);
        self.file("in-trashed-folder", &folder, "jeté avec son dossier.txt");
    }

    fn shared_drive(&mut self, drive: &str) {
        let first = self.nodes.len();
        let folder = self.folder("drive-folder", drive, "Variétés");
        self.file("drive-twin-1", &folder, "Tomates.txt");
        self.file("drive-twin-2", &folder, "Tomates.txt");
        self.folder("drive-empty-folder", drive, "À trier");
        self.document("drive-doc", drive, "Plan de culture", Native::Sheet);
        self.file("drive-file", drive, "Bon de commande : avril/mai.pdf");
        self.file("drive-no-download", drive, "Confidentiel.pdf");
        self.but(|node| node.obstacle = Obstacle::NoDownload);
        self.file("drive-trashed", drive, "périmé.txt");
        self.but(|node| node.trashed = true);
        for (_, node) in self.nodes.iter_mut().skip(first) {
            node.drive = Some(drive.to_owned());
            node.owner = Owner::Other(0);
        }
    }

    fn shared_with_me(&mut self) {
        let first = self.nodes.len();
        self.file("shared-file", "", "Ordre du jour.txt");
        self.document("shared-doc", "", "Liste de courses", Native::Text);
        self.file("shared-no-download", "", "Lecture seule.pdf");
        self.but(|node| node.obstacle = Obstacle::NoDownload);
        self.file("shared-keyed", "", "Photos de la fête.jpg");
        self.but(|node| node.resource_key = Some("0-photosDeLaFete".into()));
        let folder = self.folder("shared-folder", "", "Mairie 2024");
        for (_, node) in self.nodes.iter_mut().skip(first) {
            node.parent = None;
            node.owner = Owner::Other(4);
            node.shared_with_me = Some(node.modified);
        }
        let first = self.nodes.len();
        self.file("in-shared-folder", &folder, "Convention.pdf");
        self.document("doc-in-shared-folder", &folder, "Échanges", Native::Text);
        let inner = self.folder("folder-in-shared-folder", &folder, "Annexes");
        self.file("deep-in-shared-folder", &inner, "Annexe 1.pdf");
        for (_, node) in self.nodes.iter_mut().skip(first) {
            node.owner = Owner::Other(4);
            node.reach = Reach::InFolder;
        }
        self.file("own-in-shared-folder", &inner, "Notre réponse.odt");
    }
}

const NAMES: [(&str, &str); 30] = [
    ("name-slash", "Contrat 2024/2025.pdf"),
    ("name-slashes", "/etc/passwd"),
    ("name-parent", "../../évasion.txt"),
    ("name-backslash", "C:\\Mes documents\\liste.txt"),
    ("name-leading-space", "  devant.txt"),
    ("name-trailing-space", "derrière.txt  "),
    ("name-trailing-dot", "point final."),
    ("name-dot", "."),
    ("name-dots", ".."),
    ("name-only-dots", "..."),
    ("name-spaces", "   "),
    ("name-empty", ""),
    ("name-control", "contrôle\u{1}\u{7f}.txt"),
    ("name-newline", "deux\nlignes.txt"),
    ("name-tab", "colonne\tdeux.txt"),
    ("name-c1", "c1\u{85}\u{9f}.txt"),
    ("name-emoji", "Canard \u{1f986} bleu \u{1f499}.txt"),
    ("name-windows", "a:b*c?d\"e<f>g|h.txt"),
    ("name-device", "CON"),
    ("name-device-extension", "aux.txt"),
    ("name-htaccess", ".htaccess"),
    ("name-part", "x.part"),
    ("name-filepart", "y.filepart"),
    ("name-percent", "100 %41%2F.txt"),
    ("name-url", "#dièse & plus + point-virgule;=@.txt"),
    ("name-bidi", "facture\u{202e}fdp.exe"),
    ("name-invisible", "invi\u{200b}sible\u{feff}.txt"),
    ("name-no-break", "espace\u{a0}insécable\u{202f}fine.txt"),
    ("name-hidden", ".caché"),
    ("name-dashes", "-rf --no-preserve-root"),
];
