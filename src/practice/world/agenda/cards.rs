use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::super::content::mix;
use super::super::portrait::portrait;
use super::super::{person, sentence};
use super::{Entry, folded, uid};

fn vcard(name: &str, version: &str, lines: &[&str]) -> Entry {
    let uid = format!("{name}-7f2b4d10@canard-bleu.example");
    let mut text = String::from("BEGIN:VCARD\r\n");
    text.push_str(&format!("VERSION:{version}\r\nUID:{uid}\r\n"));
    for line in lines {
        text.push_str(&folded(line));
    }
    text.push_str("END:VCARD\r\n");
    Entry::new(&format!("{name}.vcf"), &uid, text)
}

/// One card for each trap.
pub fn card_traps() -> Vec<Entry> {
    let picture = STANDARD.encode(portrait(7, 60));
    let large = STANDARD.encode(portrait(8, 200));
    let lf = vcard(
        "card-line-feeds",
        "3.0",
        &["FN:Fins de ligne d'Unix", "N:Unix;;;;"],
    );
    let lf_text = String::from_utf8_lossy(&lf.text).replace("\r\n", "\n");
    let mut cards = vec![
        vcard(
            "noemie",
            "3.0",
            &[
                "FN:Noémie Lefèvre",
                "N:Lefèvre;Noémie;;;",
                "ORG:AMAP du Canard bleu;Bureau",
                "TITLE:Présidente",
                "EMAIL;TYPE=HOME,PREF:noemie@canard-bleu.example",
                "TEL;TYPE=CELL:+33 6 12 34 56 78",
                "TEL;TYPE=HOME,VOICE:01 23 45 67 89",
                "ADR;TYPE=HOME:;;3 rue des Lilas;Saint-Ouen-l'Étang;;93000;France",
                "BDAY:1974-02-29",
                "CATEGORIES:Bureau,Bénévoles",
                "item1.URL:https://noemie.example",
                "item1.X-ABLabel:Blog",
                "NOTE:Préfère le matin\\, jamais le jeudi.\\nClé du local.",
                "X-SOCIALPROFILE;TYPE=mastodon:https://framapiaf.org/@noemie",
                &format!("PHOTO;ENCODING=b;TYPE=PNG:{picture}"),
            ],
        ),
        vcard(
            "yann",
            "4.0",
            &[
                "FN:Yann Le Goff",
                "N:Le Goff;Yann;;;",
                "EMAIL;PREF=1;TYPE=work:yann@canard-bleu.example",
                "TEL;VALUE=uri;TYPE=cell:tel:+33-6-98-76-54-32",
                "BDAY:--0314",
                "ANNIVERSARY:20120616",
                "GENDER:M",
                "LANG;PREF=1:br",
                "RELATED;TYPE=friend:urn:uuid:noemie-7f2b4d10@canard-bleu.example",
                &format!("PHOTO:data:image/png;base64,{large}"),
            ],
        ),
        vcard(
            "bureau",
            "4.0",
            &[
                "KIND:group",
                "FN:Le bureau",
                "MEMBER:urn:uuid:noemie-7f2b4d10@canard-bleu.example",
                "MEMBER:urn:uuid:yann-7f2b4d10@canard-bleu.example",
            ],
        ),
        vcard(
            "mairie",
            "4.0",
            &[
                "KIND:org",
                "FN:Mairie de Saint-Ouen-l'Étang",
                "ORG:Mairie de Saint-Ouen-l'Étang",
                "TEL;VALUE=uri:tel:+33-1-11-11-11-11",
                "GEO:geo:48.9,2.33",
            ],
        ),
        vcard(
            "apple-group",
            "3.0",
            &[
                "FN:Liste d'Apple",
                "N:Liste d'Apple;;;;",
                "X-ADDRESSBOOKSERVER-KIND:group",
                "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:noemie-7f2b4d10@canard-bleu.example",
            ],
        ),
        vcard("only-a-name", "3.0", &["FN:Boulanger du marché", "N:;;;;"]),
        Entry {
            text: lf_text.into_bytes(),
            ..lf
        },
    ];
    // As phones write it.
    cards.push(Entry {
        name: "default".to_owned(),
        ..vcard(
            "no-ending",
            "3.0",
            &["FN:Sans .vcf", "N:.vcf;Sans;;;", "TEL;TYPE=cell:0600000000"],
        )
    });
    cards
}

/// A plain card; every fourth has a picture.
pub fn card(seed: u64, number: u64) -> Entry {
    let random = mix(seed ^ 0x7663, number);
    let uid = uid(seed, 0x7663, number);
    let known = person(random);
    let name = format!("{} {number}", known.name);
    let (given, family) = name.split_once(' ').unwrap_or((&name, ""));
    let four = random.is_multiple_of(3);
    let mut lines = vec![
        format!("VERSION:{}", if four { "4.0" } else { "3.0" }),
        format!("UID:{uid}"),
        format!("FN:{name}"),
        format!("N:{family};{given};;;"),
        format!("EMAIL;TYPE=HOME:adherent-{number}@canard-bleu.example"),
        format!("TEL;TYPE=CELL:+33 6 {:08}", random % 100_000_000),
    ];
    if random.is_multiple_of(2) {
        lines.push(format!(
            "NOTE:{}",
            sentence(random >> 4).replace(',', "\\,")
        ));
    }
    if random.is_multiple_of(4) {
        let picture = STANDARD.encode(portrait(random, 48));
        lines.push(match four {
            true => format!("PHOTO:data:image/png;base64,{picture}"),
            false => format!("PHOTO;ENCODING=b;TYPE=PNG:{picture}"),
        });
    }
    let mut text = String::from("BEGIN:VCARD\r\n");
    for line in &lines {
        text.push_str(&folded(line));
    }
    text.push_str("END:VCARD\r\n");
    Entry::new(&format!("{}.vcf", uid.to_uppercase()), &uid, text)
}
