//! Single events.

use super::super::super::super::world::{ACCOUNT, person, sentence};
use super::super::event::{Attachment, Conference, EventKind, Guest, Status, Visibility};
use super::super::moment::Moment;
use super::{Files, Maker};

pub(super) fn ordinary(maker: &mut Maker) {
    maker
        .add("single", "Visite de la ferme", "2026-03-14T14:30", 90)
        .at("Ferme des Trois Chênes, 12 chemin du Gué")
        .about("Apporter des bottes.");
    maker.add("summer", "Pique-nique", "2026-07-18T12:00", 240);
    maker.add("day", "Fête du printemps", "2026-03-21", 1);
    maker
        .add("days", "Camp d'été", "2026-08-03", 12)
        .transparent = true;
    maker
        .add("tentative", "Soirée jeux ?", "2026-04-24T20:00", 180)
        .status = Status::Tentative;
    maker
        .add("transparent", "Passage du facteur", "2026-04-02T10:00", 15)
        .transparent = true;
    for (label, name, day, visibility) in [
        (
            "private",
            "Entretien annuel",
            "2026-04-07",
            Visibility::Private,
        ),
        (
            "confidential",
            "Litige avec le bailleur",
            "2026-04-08",
            Visibility::Confidential,
        ),
        ("public", "Marché de Noël", "2026-12-12", Visibility::Public),
    ] {
        maker
            .add(label, name, &format!("{day}T09:00"), 60)
            .visibility = visibility;
    }
    maker
        .add(
            "coloured",
            "Anniversaire de l'AMAP",
            "2026-09-12T18:00",
            300,
        )
        .color = Some(11);
    maker.add(
        "other-zone",
        "Visioconférence avec Québec",
        "2026-03-17T16:00",
        60,
    );
    let start = Moment::new("2026-03-17T11:00", "America/Montreal");
    maker.last().end = super::later(&start, 60);
    maker.last().start = start;
    // A flight: each end has a zone of its own.
    maker.add("flight", "Vol pour Montréal", "2026-10-20T10:30", 60);
    maker.last().end = Moment::new("2026-10-20T12:10", "America/Montreal");
    maker.add("night", "Nuit des étoiles", "2026-03-28T22:00", 480);
    maker.last().remind(&[]);
}

pub(super) fn texts(maker: &mut Maker) {
    maker.add("no-name", "", "2026-02-10T12:00", 60).summary = None;
    maker.add(
        "strange-name",
        "Réunion ; bureau, CA \\ \"élargi\" : 🦆\u{200d}💙 <b>urgent</b> & co",
        "2026-02-11T12:00",
        60,
    );
    maker
        .add("html", "Atelier conserves", "2026-02-12T18:00", 120)
        .about("<b>À apporter :</b><ul><li>des bocaux&nbsp;;</li><li>du sucre</li></ul><a href=\"https://canard-bleu.example/atelier?id=1&amp;x=2\">Inscription</a><br>À bientôt&nbsp;!");
    let mut long = String::new();
    for number in 0..150 {
        long.push_str(sentence(number));
        long.push_str(match number % 5 {
            0 => "\n\n",
            1 => " ; ",
            2 => ", \\n n'est pas un saut : ",
            _ => " — 🥕 ",
        });
    }
    let long: String = long.chars().take(8_192).collect();
    maker
        .add("long", "Compte rendu en ligne", "2026-02-13T18:00", 60)
        .about(&long);
    maker.add("lines", "Ordre du jour", "2026-02-14T18:00", 60);
    maker
        .last()
        .about("1. Accueil\r\n2. Budget\n\n\t- recettes\n\t- dépenses\n3. Divers\u{2028}fin");
    maker
        .last()
        .at("3, rue du Four,\n76 000 Saint-Ouen-l'Étang ; 2ᵉ étage");
    let endless = "é".repeat(400);
    maker
        .add("one-word", "Mot trop long", "2026-02-15T18:00", 60)
        .about(&endless);
}

pub(super) fn people(maker: &mut Maker) {
    maker.add("guests", "Comité de pilotage", "2026-03-10T18:00", 90);
    let event = maker.last();
    for (number, answer) in (0..4).zip(["accepted", "declined", "tentative", "needsAction"]) {
        event.invite(person(number), answer);
    }
    event.invite(ACCOUNT, "accepted");
    event.guests.push(Guest {
        mail: "c_1884salle0@resource.calendar.google.com".into(),
        name: Some("Salle du haut (12 places)".into()),
        answer: "accepted".into(),
        resource: true,
        ..Guest::new(ACCOUNT)
    });
    if let Some(guest) = event.guests.get_mut(1) {
        guest.comment = Some("Désolé·e, je serai dans le train ; bon courage, et à bientôt".into());
        guest.optional = true;
    }
    if let Some(guest) = event.guests.get_mut(2) {
        guest.additional = 2;
        guest.name = Some("Diallo, Fatou \"Fa\"".into());
    }
    event.guests.push(Guest {
        name: None,
        mail: "inconnu+amap@exemple.example".into(),
        ..Guest::new(ACCOUNT)
    });
    let invited = maker.add("invited", "Réunion publique", "2026-03-24T19:30", 120);
    invited.uid = "7c0d5f3e-1f2b-4c1a-9b7e-3f0c9a1e2d44@saint-ouen-letang.example".into();
    invited
        .called_by(person(4))
        .invite(person(4), "accepted")
        .invite(ACCOUNT, "tentative");
    invited.sequence = 3;
    let shared = maker.add(
        "both-calendars",
        "Inventaire du local",
        "2026-06-20T09:00",
        180,
    );
    shared.invite(ACCOUNT, "accepted");
}

pub(super) fn links(maker: &mut Maker, files: &Files) {
    maker.add("attachments", "Vote du budget", "2026-04-14T18:00", 60);
    let attach = |file: Option<&str>, address: &str, title: &str, media_type: &str| Attachment {
        file: file.map(str::to_owned),
        address: address.to_owned(),
        title: title.to_owned(),
        media_type: media_type.to_owned(),
    };
    maker.last().attachments = vec![
        attach(
            Some(&files.pdf.0),
            &files.pdf.1,
            "Budget.pdf",
            "application/pdf",
        ),
        attach(
            Some(&files.document.0),
            &files.document.1,
            "Budget – notes ; version \"2\"",
            "application/vnd.google-apps.document",
        ),
        attach(
            Some(&files.unseen.0),
            &files.unseen.1,
            "Disparu.pdf",
            "application/pdf",
        ),
        attach(
            None,
            "https://pads.canard-bleu.example/p/budget?a=1,2;3",
            "Pad du budget",
            "text/html",
        ),
    ];
    maker.add("meet", "Réunion à distance", "2026-04-15T20:30", 60);
    maker.last().conference = Some(Conference {
        id: "cnb-leuc-ard".into(),
        kind: "hangoutsMeet".into(),
        name: "Google Meet".into(),
        video: "https://meet.google.com/cnb-leuc-ard".into(),
        phone: Some(("+33-1-87-40-00-00".into(), "123456789".into())),
        notes: None,
    });
    maker.last().about("Ordre du jour à venir.");
    maker.add("zoom", "Formation comptabilité", "2026-04-17T18:00", 120);
    maker.last().conference = Some(Conference {
        id: "812 3456 7890".into(),
        kind: "addOn".into(),
        name: "Zoom Meeting".into(),
        video: "https://us02web.zoom.us/j/81234567890?pwd=a,b;c&x=1".into(),
        phone: None,
        notes: Some("Code secret : <b>canard</b>".into()),
    });
    let event = maker.add("properties", "Livraison du pain", "2026-04-18T07:30", 30);
    event
        .private_properties
        .insert("cle du local".into(), "sous le pot, à gauche".into());
    event
        .shared_properties
        .insert("commande".into(), "1=2;3".into());
    event.source = Some((
        "Commande".into(),
        "https://pain.example/commande?id=7".into(),
    ));
}

pub(super) fn kinds(maker: &mut Maker) {
    let away = maker.add("out-of-office", "Congés", "2026-08-10T00:00", 7 * 1_440);
    away.kind = EventKind::OutOfOffice("Je suis en congés, écrivez à Noémie.".into());
    let focus = maker.add("focus", "Temps de concentration", "2026-03-04T09:00", 120);
    focus.kind = EventKind::FocusTime;
    focus.color = Some(8);
    let home = maker.add("works-at-home", "Domicile", "2026-03-05", 1);
    home.kind = EventKind::WorkingLocation(None);
    home.transparent = true;
    home.visibility = Visibility::Public;
    let desk = maker.add("works-elsewhere", "Local de l'AMAP", "2026-03-06", 1);
    desk.kind = EventKind::WorkingLocation(Some("Local de l'AMAP".into()));
    desk.transparent = true;
    let mail = maker.add("from-mail", "Train pour Rouen", "2026-05-20T08:04", 85);
    mail.kind = EventKind::FromGmail;
    mail.visibility = Visibility::Private;
    mail.at("Gare Saint-Lazare");
}

pub(super) fn edges(maker: &mut Maker) {
    maker.add("no-length", "Fin des inscriptions", "2026-03-31T23:59", 0);
    maker.add(
        "in-the-gap",
        "Pendant le passage à l'heure d'été",
        "2026-03-29T02:30",
        30,
    );
    maker.add(
        "twice",
        "Pendant le retour à l'heure d'hiver",
        "2026-10-25T02:30",
        90,
    );
    maker.add("long-ago", "Fondation", "1998-11-07", 1);
    maker.add(
        "before-1970",
        "Naissance de la ferme",
        "1962-06-01T08:00",
        60,
    );
    maker.add("far", "Fin du bail", "2099-12-31", 1);
    maker
        .add(
            "alarms",
            "Déclaration à la préfecture",
            "2026-05-29T10:00",
            30,
        )
        .remind(&[
            (false, 0),
            (false, 30),
            (true, 1_440),
            (true, 10_080),
            (false, 40_320),
        ]);
    maker
        .add("mail-alarm", "Assurance du local", "2026-05-30", 1)
        .remind(&[(true, 900)]);
    maker
        .add("no-alarm", "Sieste", "2026-05-31T13:00", 60)
        .remind(&[]);
}
