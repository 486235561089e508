//! Everything that makes a real Dropbox hard, once each: the fixed part of every practice world.

use super::super::content::{Content, mix};
use super::super::world::{ACCOUNT, Native};
use super::AccountKind;
use super::ids::Ids;
use super::node::{Access, Exportable, FOLDER, Key, Node, NodeKind, Obstacle, Paths, Shared};

/// 2024-05-06T07:08:09Z in seconds since 1970.
const BASE: i64 = 1_714_979_289;
const DAY: i64 = 86_400;

/// The traps, each with a label of ours, by which tests find it.
pub(super) type Traps = Vec<(&'static str, Node)>;

pub(super) fn traps(ids: Ids, seed: u64, account: AccountKind) -> Traps {
    let mut maker = Maker {
        ids,
        seed,
        nodes: Vec::new(),
    };
    maker.names();
    maker.documents();
    maker.contents();
    maker.obstacles();
    maker.paths();
    maker.shared_folders();
    match account {
        AccountKind::Personal => {}
        AccountKind::OldTeam => maker.team_folders(Key::HOME),
        AccountKind::Team => {
            maker.team_folders(Key::TEAM);
            maker.team_top();
        }
    }
    maker.unmounted();
    maker.received();
    maker.nodes
}

struct Maker {
    ids: Ids,
    seed: u64,
    nodes: Traps,
}

impl Maker {
    fn number(&self) -> u64 {
        self.nodes.len() as u64
    }

    /// Adds an item whose number and dates follow from its place in the order.
    fn add(&mut self, label: &'static str, parent: Key, name: &str, kind: NodeKind) -> Key {
        let key = Key::trap(self.number());
        let mut node = Node::new(key, self.ids.id(key), name, kind);
        node.parent = Some(parent);
        node.server_modified = BASE + i64::try_from(self.number()).unwrap_or(0) * DAY / 3;
        // Put there long after it was written.
        node.client_modified = node.server_modified - 900 * DAY;
        self.nodes.push((label, node));
        key
    }

    /// Changes the item that was added last.
    fn but(&mut self, change: impl FnOnce(&mut Node)) {
        if let Some((_, node)) = self.nodes.last_mut() {
            change(node);
        }
    }

    fn folder(&mut self, label: &'static str, parent: Key, name: &str) -> Key {
        self.add(label, parent, name, FOLDER)
    }

    fn file(&mut self, label: &'static str, parent: Key, name: &str) -> Key {
        let length = 200 + mix(self.seed, self.number()) % 3_000;
        self.sized(label, parent, name, length)
    }

    fn sized(&mut self, label: &'static str, parent: Key, name: &str, length: u64) -> Key {
        let content = Content::noise(mix(self.seed ^ 0xd4b0, self.number()), length);
        self.add(label, parent, name, NodeKind::File { content })
    }

    fn document(
        &mut self,
        label: &'static str,
        parent: Key,
        name: &str,
        native: Native,
        (export_as, options): (Option<&'static str>, &'static [&'static str]),
    ) -> Key {
        let kind = NodeKind::Document(Exportable {
            native,
            export_as,
            options,
            seed: mix(self.seed, self.number()),
            not_ready: 0,
            link: None,
        });
        self.add(label, parent, name, kind)
    }

    fn shared(&mut self, label: &'static str, parent: Key, name: &str, shared: Shared) -> Key {
        let kind = NodeKind::Folder {
            shared: Some(shared),
            access: Access::All,
        };
        self.add(label, parent, name, kind)
    }

    fn names(&mut self) {
        let folder = self.folder("names", Key::HOME, "Noms impossibles");
        for (label, name) in NAMES {
            self.file(label, folder, name);
        }
        let long = format!("{}.txt", "é".repeat(251));
        self.file("name-long", folder, &long);
        let part = self.folder("folder-part", folder, "travaux.part");
        self.file("in-folder-part", part, "dedans.txt");
        let mut deep = self.folder("deep", Key::HOME, "Profondeurs");
        for level in 0..12 {
            deep = self.folder("deeper", deep, &format!("Niveau {level:02} Très Profond"));
        }
        self.file("deepest", deep, "Tout Au Fond.txt");
    }

    fn documents(&mut self) {
        let paper = (Some("html"), &["html", "markdown"][..]);
        let folder = self.folder("documents", Key::HOME, "Documents en ligne");
        self.document("paper", folder, "Compte rendu.paper", Native::Text, paper);
        // The other formats are told in one of the two places only.
        let only_as = (Some("markdown"), &[][..]);
        self.document(
            "paper-as",
            folder,
            "Ordre du jour.paper",
            Native::Text,
            only_as,
        );
        let only_options = (None, &["html"][..]);
        self.document(
            "paper-options",
            folder,
            "Affiche.paper",
            Native::Text,
            only_options,
        );
        self.document(
            "paper-template",
            folder,
            "Modèle.papert",
            Native::Text,
            paper,
        );
        self.document("paper-slow", folder, "Très long.paper", Native::Text, paper);
        self.but(|node| {
            if let NodeKind::Document(document) = &mut node.kind {
                document.not_ready = 2;
            }
        });
        let docx = (Some("docx"), &[][..]);
        self.document("gdoc", folder, "Statuts.gdoc", Native::Text, docx);
        let xlsx = (Some("xlsx"), &["xlsx"][..]);
        self.document("gsheet", folder, "Budget.gsheet", Native::Sheet, xlsx);
        let pptx = (Some("pptx"), &[][..]);
        self.document("gslides", folder, "Fête.gslides", Native::Slides, pptx);
        self.document(
            "not-exportable",
            folder,
            "Sondage.gform",
            Native::Text,
            (None, &[]),
        );
        let url = (Some("url"), &[][..]);
        self.document("web", folder, "Site de la ferme.web", Native::Text, url);
        self.but(|node| {
            if let NodeKind::Document(document) = &mut node.kind {
                document.link = Some("https://troischenes.example/légumes?a=1");
            }
        });
        // What an export becomes is there already, as a file.
        self.document("paper-taken", folder, "Notes.paper", Native::Text, paper);
        self.file("taken", folder, "Notes.md");
    }

    fn contents(&mut self) {
        let folder = self.folder("contents", Key::HOME, "Vieux fichiers");
        self.folder("empty-folder", folder, "Vide");
        self.sized("empty-file", folder, "vide.txt", 0);
        self.sized("one-byte", folder, "un octet.bin", 1);
        self.sized("one-block", folder, "un bloc.bin", 4 << 20);
        self.sized("two-blocks", folder, "deux blocs.bin", (4 << 20) + 1);
        self.file("no-hash", folder, "sans empreinte.bin");
        self.but(|node| node.hashed = false);
        for (label, name, modified) in [
            ("before-1970", "registre de 1904.txt", -2_082_844_800),
            ("day-one", "premier janvier 1970.txt", 43_200),
            ("after-2038", "rendez-vous de 2040.txt", 2_214_086_400),
        ] {
            self.file(label, folder, name);
            self.but(|node| node.client_modified = modified);
        }
        self.file("plain", folder, "ordinaire.txt");
        self.file("other", folder, "autre.txt");
    }

    fn obstacles(&mut self) {
        let folder = self.folder("obstacles", Key::HOME, "Refus");
        for (label, name, obstacle) in [
            ("restricted", "film.mkv", Obstacle::Restricted),
            ("unsupported", "dessin.xyz", Obstacle::Unsupported),
            ("unsupported-type", "objet.bin", Obstacle::UnsupportedType),
        ] {
            self.file(label, folder, name);
            self.but(|node| node.obstacle = obstacle);
        }
        let target = "/home/camille/Documents".to_owned();
        self.add("symlink", folder, "lien", NodeKind::Symlink { target });
        for (label, name, access) in [
            ("no-access", "Fermé", Access::None),
            ("traverse-only", "Couloir", Access::TraverseOnly),
        ] {
            let kind = NodeKind::Folder {
                shared: None,
                access,
            };
            let inner = self.add(label, folder, name, kind);
            if access == Access::TraverseOnly {
                self.file("in-traverse-only", inner, "au bout du couloir.txt");
            }
        }
    }

    fn paths(&mut self) {
        let folder = self.folder("paths", Key::HOME, "Chemins Étranges");
        let inner = self.folder("paths-inner", folder, "Sous-Dossier İ");
        self.file("path-display", inner, "Majuscules Seulement.TXT");
        self.but(|node| node.paths = Paths::Display);
        self.file("path-neither", inner, "sans chemin.txt");
        self.but(|node| node.paths = Paths::Neither);
        self.file("path-both", inner, "Ordinaire.TXT");
    }

    fn shared_folders(&mut self) {
        let mounted = self.shared(
            "mounted",
            Key::HOME,
            "Commission Légumes",
            Shared {
                namespace: "84528192421".into(),
                read_only: false,
                is_team_folder: false,
            },
        );
        self.file("in-mounted", mounted, "Tomates.txt");
        let inner = self.folder("folder-in-mounted", mounted, "Semis");
        self.file("deep-in-mounted", inner, "Mars.txt");
        let read_only = self.shared(
            "read-only",
            Key::HOME,
            "Mairie (lecture)",
            Shared {
                namespace: "84528192422".into(),
                read_only: true,
                is_team_folder: false,
            },
        );
        self.file("in-read-only", read_only, "Arrêté.pdf");
    }

    fn team_folders(&mut self, top: Key) {
        for (label, inside, name, namespace) in [
            (
                "team-folder-1",
                "in-team-folder-1",
                "Terres communes",
                "777001",
            ),
            (
                "team-folder-2",
                "in-team-folder-2",
                " Coopérative : achats ",
                "777002",
            ),
        ] {
            let folder = self.shared(
                label,
                top,
                name,
                Shared {
                    namespace: namespace.into(),
                    read_only: false,
                    is_team_folder: true,
                },
            );
            self.file(inside, folder, "Plan.pdf");
            let inner = self.folder("folder-in-team-folder", folder, "Archives");
            self.file("deep-in-team-folder", inner, "2019.txt");
        }
    }

    /// What lies beside the team folders.
    fn team_top(&mut self) {
        self.file("team-file", Key::TEAM, "Charte.pdf");
        let folder = self.folder("team-plain-folder", Key::TEAM, "Divers");
        self.file("in-team-plain-folder", folder, "clés.txt");
    }

    /// A shared folder that is in nobody's home: listed among the shared ones only.
    fn unmounted(&mut self) {
        let folder = self.shared(
            "unmounted",
            Key::HOME,
            "Ancien projet",
            Shared {
                namespace: "84528192499".into(),
                read_only: false,
                is_team_folder: false,
            },
        );
        self.but(|node| node.parent = None);
        self.file("in-unmounted", folder, "Bilan 2018.odt");
        let inner = self.folder("folder-in-unmounted", folder, "Photos");
        self.file("deep-in-unmounted", inner, "Fête.jpg");
    }

    /// Single files that others shared.
    fn received(&mut self) {
        self.file("received", Key::HOME, "Devis.pdf");
        self.but(|node| node.parent = None);
        self.file("received-mounted", Key::HOME, "Reçu et rangé.pdf");
        self.file("received-gone", Key::HOME, "Repris.pdf");
        self.but(|node| {
            node.parent = None;
            node.obstacle = Obstacle::Restricted;
        });
    }
}

/// The member's folder in the team's space.
pub(super) const HOME_NAME: &str = ACCOUNT.name;

const NAMES: [(&str, &str); 17] = [
    ("name-trailing-dot", "point final."),
    ("name-only-dots", "..."),
    ("name-leading-space", "  devant.txt"),
    ("name-control", "contrôle\u{1}\u{7f}.txt"),
    ("name-newline", "deux\nlignes.txt"),
    ("name-emoji", "Canard \u{1f986} bleu \u{1f499}.txt"),
    ("name-windows", "a:b*c?d\"e<f>g|h.txt"),
    ("name-device", "CON"),
    ("name-htaccess", ".htaccess"),
    ("name-part", "x.part"),
    ("name-percent", "100 %41%2F.txt"),
    ("name-url", "#dièse & plus + point-virgule;=@.txt"),
    ("name-bidi", "facture\u{202e}fdp.exe"),
    ("name-invisible", "invi\u{200b}sible\u{feff}.txt"),
    ("name-nfd", "E\u{301}te\u{301}.txt"),
    ("name-hidden", ".caché"),
    ("name-dashes", "-rf --no-preserve-root"),
];
