//! Everything that makes a real OneDrive hard, once each: the fixed part of every practice world.

use super::super::content::{Content, mix};
use super::Account;
use super::ids::{Ids, Naming, Series};
use super::node::{Listing, Node, NodeKind, Owner, Remote, Stated};

/// A drive of the practice world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    pub id: String,
    /// `personal`, `business` or `documentLibrary`.
    pub drive_type: &'static str,
    pub name: &'static str,
    /// The id of its top.
    pub root: String,
    /// What its top is called in a browser.
    pub web: String,
    /// The site that it belongs to.
    pub site: Option<usize>,
}

/// A SharePoint site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Graph's id: host and two GUIDs.
    pub id: String,
    pub name: &'static str,
    /// Below the host; empty for the root site.
    pub path: &'static str,
    /// Only found by its channel.
    pub hidden: bool,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub id: String,
    pub name: &'static str,
    pub site: usize,
    pub channels: Vec<Channel>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: String,
    pub name: &'static str,
    /// `standard` or `private`.
    pub membership: &'static str,
    /// The folder that holds its files; `None` where nobody ever opened them.
    pub folder: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Traps {
    /// The first one is the account's own.
    pub drives: Vec<Drive>,
    /// Each with a label of ours, by which tests find it.
    pub nodes: Vec<(&'static str, Node)>,
    pub sites: Vec<Site>,
    pub teams: Vec<Team>,
}

/// 2024-05-06T07:08:09Z in milliseconds since 1970.
const BASE: i64 = 1_714_979_289_000;
const DAY: i64 = 86_400_000;
pub(super) const HOST: &str = "canard-bleu.sharepoint.example";

pub(super) fn traps(ids: Ids, seed: u64, account: Account) -> Traps {
    let mut maker = Maker {
        ids,
        seed,
        made: Traps::default(),
    };
    let own = match account {
        Account::Personal => maker.drive("root", ids.personal_drive(0), "personal", "OneDrive"),
        Account::Work => maker.drive("root", ids.drive(0), "business", "OneDrive"),
    };
    maker.names(own);
    maker.contents(own);
    maker.notebooks(own);
    maker.changing(own);
    let outside = match account {
        Account::Personal => {
            maker.personal(own);
            maker.drive("outside", ids.personal_drive(1), "personal", "OneDrive")
        }
        Account::Work => {
            maker.sites();
            maker.drive("outside", ids.drive(9), "business", "OneDrive")
        }
    };
    maker.shared(own, outside, account);
    maker.made
}

struct Maker {
    ids: Ids,
    seed: u64,
    made: Traps,
}

impl Maker {
    fn naming(&self, drive: usize) -> Naming {
        match self.made.drives.get(drive) {
            Some(drive) if !drive.id.starts_with("b!") => Naming::Personal(drive.id.clone()),
            _ => Naming::SharePoint,
        }
    }

    fn number(&self) -> u64 {
        self.made.nodes.len() as u64
    }

    fn drive_id(&self, drive: usize) -> String {
        let drive = self.made.drives.get(drive);
        drive.map(|drive| drive.id.clone()).unwrap_or_default()
    }

    fn root(&self, drive: usize) -> String {
        let drive = self.made.drives.get(drive);
        drive.map(|drive| drive.root.clone()).unwrap_or_default()
    }

    fn drive(
        &mut self,
        label: &'static str,
        id: String,
        drive_type: &'static str,
        name: &'static str,
    ) -> usize {
        let place = self.made.drives.len();
        let web = match drive_type {
            "personal" => "https://onedrive.live.example".to_owned(),
            _ => format!("https://{HOST}/personal/{place}/Documents"),
        };
        self.made.drives.push(Drive {
            id,
            drive_type,
            name,
            root: String::new(),
            web,
            site: None,
        });
        let root = self.add(label, place, None, "root", NodeKind::Folder);
        if let Some(drive) = self.made.drives.get_mut(place) {
            drive.root = root;
        }
        place
    }

    /// Adds an item whose number and dates follow from its place in the order; gives its id.
    fn add(
        &mut self,
        label: &'static str,
        drive: usize,
        parent: Option<&str>,
        name: &str,
        kind: NodeKind,
    ) -> String {
        let id = self
            .ids
            .item(&self.naming(drive), Series::Trap, self.number());
        let mut node = Node::new(id.clone(), &self.drive_id(drive), name, kind);
        node.parent = parent.map(str::to_owned);
        node.modified = BASE + self.made.nodes.len() as i64 * DAY / 3;
        node.created = node.modified - 90 * DAY;
        self.made.nodes.push((label, node));
        id
    }

    /// Changes the item that was added last.
    fn but(&mut self, change: impl FnOnce(&mut Node)) {
        if let Some((_, node)) = self.made.nodes.last_mut() {
            change(node);
        }
    }

    fn folder(&mut self, label: &'static str, drive: usize, parent: &str, name: &str) -> String {
        self.add(label, drive, Some(parent), name, NodeKind::Folder)
    }

    fn file(&mut self, label: &'static str, drive: usize, parent: &str, name: &str) -> String {
        let length = 200 + mix(self.seed, self.number()) % 3_000;
        self.sized(label, drive, parent, name, length)
    }

    fn sized(
        &mut self,
        label: &'static str,
        drive: usize,
        parent: &str,
        name: &str,
        length: u64,
    ) -> String {
        let seed = mix(self.seed ^ 0x0de5, self.number());
        let (content, media_type) = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("txt") => (Content::text(seed, length), "text/plain"),
            Some("json") => (Content::text(seed, length), "application/json"),
            Some("pdf") => (Content::noise(seed, length), "application/pdf"),
            Some("jpg") => (Content::noise(seed, length), "image/jpeg"),
            Some("heic") => (Content::noise(seed, length), "image/heic"),
            Some("one") => (Content::noise(seed, length), "application/msonenote"),
            Some("docx") => (
                Content::noise(seed, length),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            _ => (Content::noise(seed, length), "application/octet-stream"),
        };
        let kind = NodeKind::File {
            content,
            media_type: media_type.to_owned(),
            stated: Stated::Right,
        };
        self.add(label, drive, Some(parent), name, kind)
    }

    /// What is published of the last item is something else than what is handed out.
    fn stated(&mut self, state: impl FnOnce(Content) -> Stated) {
        self.but(|node| {
            if let NodeKind::File {
                content, stated, ..
            } = &mut node.kind
            {
                *stated = state(*content);
            }
        });
    }

    fn names(&mut self, drive: usize) {
        let root = self.root(drive);
        let folder = self.folder("names", drive, &root, "Noms difficiles");
        for (label, name) in NAMES {
            self.file(label, drive, &folder, name);
        }
        let long = "Compte rendu très détaillé ".repeat(9) + ".txt";
        self.file("name-long", drive, &folder, &long);
        let part = self.folder("folder-part", drive, &folder, "travaux.part");
        self.file("in-folder-part", drive, &part, "dedans.txt");
        let mut deep = self.folder("deep", drive, &root, "Profondeurs");
        for level in 0..15 {
            let name = format!("niveau {level:02}");
            deep = self.folder("deeper", drive, &deep, &name);
        }
        self.file("deepest", drive, &deep, "tout au fond.txt");
    }

    fn contents(&mut self, drive: usize) {
        let root = self.root(drive);
        let folder = self.folder("contents", drive, &root, "Vieux fichiers");
        self.folder("empty-folder", drive, &folder, "vide");
        self.sized("empty-file", drive, &folder, "vide.txt", 0);
        self.sized("one-byte", drive, &folder, "un octet.bin", 1);
        self.file("plain", drive, &folder, "ordinaire.bin");
        self.file("to-be-moved", drive, &folder, "à déplacer.txt");
        self.file("no-digest", drive, &folder, "sans empreinte.bin");
        self.stated(|_| Stated::NoDigest);
        self.file(
            "digest-on-download",
            drive,
            &folder,
            "empreinte à venir.bin",
        );
        self.stated(|_| Stated::OnDownload);
        for (label, name, modified) in [
            ("before-1970", "registre de 1904.txt", -2_082_844_800_000),
            ("day-one", "premier janvier 1970.txt", 43_200_000),
            ("after-2038", "rendez-vous de 2040.txt", 2_214_086_400_000),
        ] {
            self.file(label, drive, &folder, name);
            self.but(|node| {
                node.modified = modified;
                node.created = modified.min(BASE);
            });
        }
        self.file("malware", drive, &folder, "facture.exe");
        self.but(|node| node.malware = true);
        // Only the picture of a moving one is handed out.
        self.sized("live-photo", drive, &folder, "IMG_0042.heic", 4_000);
        self.stated(|content| Stated::Other(Content::noise(content.seed ^ 1, 9_000)));
    }

    fn notebooks(&mut self, drive: usize) {
        let root = self.root(drive);
        let notebook = self.add(
            "notebook",
            drive,
            Some(&root),
            "Bloc-notes de Camille",
            NodeKind::Notebook,
        );
        for (label, name) in [
            ("section", "Réunions.one"),
            ("notebook-index", "Open Notebook.onetoc2"),
        ] {
            self.file(label, drive, &notebook, name);
            self.stated(|_| Stated::NoDigest);
        }
        let bin = self.folder("notebook-bin", drive, &notebook, "OneNote_RecycleBin");
        self.file("notebook-deleted", drive, &bin, "OneNote_DeletedPages.one");
        self.stated(|_| Stated::NoDigest);
        let folder = self.folder("loose-sections", drive, &root, "Notes éparses");
        self.file("loose-section", drive, &folder, "Courses.one");
        self.stated(|_| Stated::NoDigest);
        // Somebody's backup of a section: a file like any other.
        self.file("uploaded-section", drive, &folder, "sauvegarde.one");
    }

    /// What a list of changes tells in an order that is hard.
    fn changing(&mut self, drive: usize) {
        let root = self.root(drive);
        let folder = self.folder("changing", drive, &root, "Chantier");
        self.file("renamed", drive, &folder, "nouveau nom.txt");
        self.but(|node| node.listing = Listing::Twice);
        let doomed = self.folder("doomed", drive, &folder, "à jeter");
        let saved = self.folder("saved", drive, &doomed, "à garder");
        self.file("in-saved", drive, &saved, "précieux.txt");
        let deeper = self.folder("below-saved", drive, &saved, "plus bas");
        self.file("in-below-saved", drive, &deeper, "aussi.txt");
        self.file("in-doomed", drive, &doomed, "périmé.txt");
        self.add("album", drive, Some(&root), "Fête d'été", NodeKind::Album);
    }

    /// What only personal accounts have.
    fn personal(&mut self, drive: usize) {
        let root = self.root(drive);
        for (label, name, locked) in [
            ("vault", "Coffre-fort", true),
            // Nothing in it and no address either, and yet it is none.
            ("like-a-vault", "Vide et sans adresse", false),
        ] {
            self.add(label, drive, Some(&root), name, NodeKind::Vault { locked });
        }
    }

    fn remote(
        &mut self,
        label: &'static str,
        (drive, parent): (usize, &str),
        name: &str,
        (other, item): (usize, &str),
    ) {
        let other = self.made.drives.get(other);
        let remote = Remote {
            drive: other.map(|drive| drive.id.clone()).unwrap_or_default(),
            drive_type: other.map_or("", |drive| drive.drive_type).to_owned(),
            item: item.to_owned(),
        };
        self.add(label, drive, Some(parent), name, NodeKind::Remote(remote));
    }

    /// How a reference may spell the drive of the last item.
    fn spelt(&mut self, spell: impl FnOnce(&str) -> String) {
        self.but(|node| {
            if let NodeKind::Remote(remote) = &mut node.kind {
                remote.drive = spell(&remote.drive);
            }
        });
    }

    /// What others share: added to one's own files, or not.
    fn shared(&mut self, own: usize, outside: usize, account: Account) {
        let theirs = self.root(outside);
        let first = self.made.nodes.len();
        let farm = self.folder("outside-folder", outside, &theirs, "Ferme des Trois Chênes");
        self.file("in-outside-folder", outside, &farm, "Semis.txt");
        let inner = self.folder("outside-inner", outside, &farm, "Contrats");
        self.file("in-outside-inner", outside, &inner, "Contrat.txt");
        let document = self.file("outside-file", outside, &theirs, "Tarifs de la ferme.txt");
        let town = self.folder("outside-town", outside, &theirs, "Mairie");
        self.file("in-outside-town", outside, &town, "Convention.txt");
        let notes = self.add(
            "outside-notebook",
            outside,
            Some(&theirs),
            "Carnet de la ferme",
            NodeKind::Notebook,
        );
        let loose = self.file("shared-file", outside, &theirs, "Ordre du jour.txt");
        let open = self.folder("shared-folder", outside, &theirs, "Covoiturage");
        self.file("in-shared-folder", outside, &open, "Départs.txt");
        for (_, node) in self.made.nodes.iter_mut().skip(first) {
            node.owner = Owner::Other(5);
        }
        // What leads back, from a folder of others, to the account's own files.
        let names = self.find("names");
        self.remote("nested", (outside, &inner), "Chez Camille", (own, &names));

        let root = self.root(own);
        let folder = self.folder("shortcuts", own, &root, "Raccourcis");
        let here = (own, folder.as_str());
        self.remote("added-folder", here, "La ferme", (outside, &farm));
        self.remote("added-file", here, "Tarifs.txt", (outside, &document));
        self.remote(
            "added-notebook",
            here,
            "Carnet de la ferme",
            (outside, &notes),
        );
        self.remote("added-town", (own, &root), "Mairie", (outside, &town));
        match account {
            // Lost its zero, and is written large.
            Account::Personal => self.spelt(|drive| drive.trim_start_matches('0').to_uppercase()),
            Account::Work => self.spelt(str::to_lowercase),
        }
        let nowhere = self.ids.item(&self.naming(outside), Series::Trap, 8_000);
        self.remote("added-nowhere", here, "Disparu", (outside, &nowhere));
        self.remote("added-own", here, "Noms", (own, &names));
        let inside = self.find("library-folder");
        let library = self
            .node("library-folder")
            .map(|node| node.drive.clone())
            .and_then(|id| self.made.drives.iter().position(|drive| drive.id == id));
        if let Some(library) = library {
            self.remote("added-library", here, "Récoltes", (library, &inside));
        }
        self.remote(
            "shared-file-row",
            here,
            "Ordre du jour.txt",
            (outside, &loose),
        );
        self.but(|node| node.listing = Listing::SharedWithMe);
        self.remote("shared-folder-row", here, "Covoiturage", (outside, &open));
        self.but(|node| node.listing = Listing::SharedWithMe);
    }

    fn node(&self, label: &str) -> Option<&Node> {
        let found = self.made.nodes.iter().find(|(known, _)| *known == label);
        found.map(|(_, node)| node)
    }

    fn find(&self, label: &str) -> String {
        let node = self.node(label);
        node.map(|node| node.id.clone()).unwrap_or_default()
    }

    fn site(&mut self, name: &'static str, path: &'static str, hidden: bool) -> usize {
        let place = self.made.sites.len();
        let nth = place as u64 * 2;
        let id = format!("{HOST},{},{}", self.ids.guid(nth), self.ids.guid(nth + 1));
        self.made.sites.push(Site {
            id,
            name,
            path,
            hidden,
        });
        place
    }

    fn library(&mut self, label: &'static str, site: usize, name: &'static str) -> usize {
        let nth = 1 + self.made.drives.len() as u64;
        let place = self.drive(label, self.ids.drive(nth), "documentLibrary", name);
        let path = self.made.sites.get(site).map_or("", |site| site.path);
        if let Some(drive) = self.made.drives.get_mut(place) {
            drive.site = Some(site);
            drive.web = format!("https://{HOST}{path}/{}", super::node::encode(name));
        }
        place
    }

    fn sites(&mut self) {
        let top = self.site("AMAP du Canard bleu", "", false);
        let site = self.library("top-library", top, "Documents");
        let root = self.root(site);
        self.file("on-top-site", site, &root, "Bienvenue.txt");

        let harvest = self.site("Récoltes et paniers", "/sites/Recoltes", false);
        let library = self.library("library", harvest, "Documents");
        self.library_traps(library);
        let second = self.library("second-library", harvest, "Photos : été");
        let root = self.root(second);
        self.file("in-second-library", second, &root, "moisson.jpg");

        let team = self.site("Commission Légumes", "/sites/CommissionLegumes", false);
        let files = self.library("team-library", team, "Documents");
        let root = self.root(files);
        let general = self.folder("channel-general", files, &root, "General");
        self.file("in-general", files, &general, "Ordre du jour.txt");
        let seeds = self.folder("channel-seeds", files, &root, "Semences");
        self.file("in-seeds", files, &seeds, "Catalogue.txt");

        let secret = self.site(
            "Commission Légumes-Bureau",
            "/sites/CommissionLegumes-Bureau",
            true,
        );
        let private = self.library("private-library", secret, "Documents");
        let root = self.root(private);
        let bureau = self.folder("channel-bureau", private, &root, "Bureau");
        self.file("in-bureau", private, &bureau, "Budget confidentiel.txt");

        let channel = |nth: u64, name, membership, folder: Option<&str>| Channel {
            id: format!("19:{}@thread.tacv2", self.ids.guid(500 + nth)),
            name,
            membership,
            folder: folder.map(str::to_owned),
        };
        let channels = vec![
            channel(0, "General", "standard", Some(&general)),
            channel(1, "Semences", "standard", Some(&seeds)),
            channel(2, "Bureau", "private", Some(&bureau)),
            channel(3, "Jamais ouvert", "private", None),
        ];
        let id = self.ids.guid(400);
        self.made.teams.push(Team {
            id,
            name: "Commission Légumes",
            site: team,
            channels,
        });
    }

    /// What SharePoint does to what is put there.
    fn library_traps(&mut self, library: usize) {
        let root = self.root(library);
        let folder = self.folder("library-folder", library, &root, "Récoltes 2024");
        self.file("in-library-folder", library, &folder, "tomates.txt");
        self.sized("wrong-size", library, &folder, "relevés.json", 19_340);
        self.stated(|content| Stated::Other(Content::text(content.seed ^ 1, 17_133)));
        self.sized("wrong-digest", library, &folder, "Bilan.docx", 12_000);
        self.stated(|content| Stated::OtherDigest(Content::noise(content.seed ^ 1, 12_000)));
        self.sized("wrong-size-large", library, &folder, "Atlas.pdf", 18 << 20);
        self.stated(|content| Stated::Other(Content::noise(content.seed ^ 1, (18 << 20) - 5_000)));
        let kept = self.folder("labelled-folder", library, &root, "Archives légales");
        self.file("labelled", library, &kept, "statuts signés.pdf");
        self.but(|node| node.listing = Listing::Children);
        self.file("labelled-locked", library, &kept, "registre.pdf");
        self.but(|node| node.listing = Listing::Locked);
        self.file("unlabelled", library, &kept, "ordinaire.txt");
    }
}

const NAMES: [(&str, &str); 18] = [
    ("name-emoji", "Canard \u{1f986} bleu \u{1f499}.txt"),
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
    ("name-quotes", "l'été d'Étienne.txt"),
    ("name-braces", "{accolades} [crochets] ^~`.txt"),
    ("name-device-extension", "con.sultation.txt"),
    ("nfc", "\u{c9}t\u{e9}.txt"),
    ("nfd", "E\u{301}te\u{301}.txt"),
    ("same-stem-1", "Budget.odt"),
    ("same-stem-2", "Budget.docx"),
];
