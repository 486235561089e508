//! The practice association: names, sentences, documents and a folder tree, all out of a seed.

pub mod agenda;
mod disk;
mod documents;
mod office;
mod package;
mod portrait;
mod tree;

pub use disk::{DiskError, DiskTree, write_folder_tree};
pub use documents::{Document, DocumentKind};
pub use portrait::portrait;
pub use tree::{Entry, EntryKind, Native, Sizes, Tree};

/// The name that the association goes by.
pub const ASSOCIATION: &str = "AMAP du Canard bleu";

/// The account whose data moves.
pub const ACCOUNT: Person = Person {
    name: "Camille Béranger",
    mail: "camille@canard-bleu.example",
};

/// Someone who owns, shares or edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub name: &'static str,
    pub mail: &'static str,
}

/// The other members of the association, and people outside of it.
pub const PEOPLE: [Person; 6] = [
    Person {
        name: "Noémie Lefèvre",
        mail: "noemie@canard-bleu.example",
    },
    Person {
        name: "Yann Le Goff",
        mail: "yann@canard-bleu.example",
    },
    Person {
        name: "Fatou Diallo",
        mail: "fatou@canard-bleu.example",
    },
    Person {
        name: "Gaëlle Đặng",
        mail: "gaelle@canard-bleu.example",
    },
    Person {
        name: "Mairie de Saint-Ouen-l'Étang",
        mail: "vie.associative@saint-ouen-letang.example",
    },
    Person {
        name: "Ferme des Trois Chênes",
        mail: "contact@troischenes.example",
    },
];

/// One of [`PEOPLE`].
pub fn person(number: u64) -> Person {
    pick(&PEOPLE, number).copied().unwrap_or(ACCOUNT)
}

/// What the association writes about; at most 54 bytes, so that a numbered line of 64 bytes holds one.
const SENTENCES: [&str; 16] = [
    "Les paniers arrivent chaque jeudi à 18 h 30.",
    "Prévoir deux bénévoles pour la distribution.",
    "Le contrat des œufs est reconduit pour six mois.",
    "L'assemblée générale vote le budget à main levée.",
    "La ferme ouvre ses portes le premier dimanche de mai.",
    "Merci de rapporter les cagettes vides !",
    "Il reste douze parts de légumes à prix solidaire.",
    "Le miel d'acacia manque cette année : trop de pluie.",
    "La trésorière rappelle l'échéance des adhésions.",
    "Covoiturage : départ de la mairie à neuf heures.",
    "Recette du mois : soupe de potimarron au lait de coco.",
    "Le canard bleu garde la porte du local.",
    "Prochaine réunion du bureau chez Noémie.",
    "Les pommes de terre nouvelles sont en avance.",
    "Le maraîcher cherche un coup de main au printemps.",
    "On garde le pain des absents jusqu'à vingt heures.",
];

/// A sentence of at most 54 bytes.
pub fn sentence(number: u64) -> &'static str {
    pick(&SENTENCES, number).copied().unwrap_or_default()
}

/// What folders and files are about.
const TOPICS: [&str; 24] = [
    "Compte rendu du bureau",
    "Contrat légumes",
    "Contrat œufs",
    "Contrat pain",
    "Feuille d'émargement",
    "Adhésions",
    "Liste des adhérent·es",
    "Budget prévisionnel",
    "Bilan comptable",
    "Facture",
    "Reçu",
    "Affiche",
    "Recettes",
    "Newsletter",
    "Visite de ferme",
    "Assemblée générale",
    "Statuts",
    "Règlement intérieur",
    "Planning des permanences",
    "Convention avec la mairie",
    "Attestation d'assurance",
    "Fête d'été",
    "Questionnaire de satisfaction",
    "Paniers solidaires",
];

fn topic(number: u64) -> &'static str {
    pick(&TOPICS, number).copied().unwrap_or_default()
}

fn pick<T>(list: &[T], number: u64) -> Option<&T> {
    let length = u64::try_from(list.len()).ok().filter(|n| *n > 0)?;
    list.get(usize::try_from(number % length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_fits_its_line() {
        assert!(SENTENCES.iter().all(|s| s.len() <= 54));
    }
}
