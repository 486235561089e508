//! What a new account finds: its calendar and its address book, each with an example in it
//! (ExampleEventService.php, ExampleContactService.php), and what the server makes for everybody.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{Timestamp, ToSpan as _};

use super::super::super::world::portrait;
use super::super::server::now;
use super::super::store::{Inner, Store};
use super::super::{Config, User};
use super::shelf::{Collection, Kind, PimOp, Props, Share};
use super::{BIRTHDAYS, birthday_event};

/// The calendar that everybody has.
pub const PERSONAL: &str = "personal";
pub const CONTACTS: &str = "contacts";
/// Who owns what belongs to the server. No account can have this id: ids have no spaces at their ends.
pub const SYSTEM: &str = " system";
/// All accounts, as the server's own address book.
pub const ACCOUNTS: &str = "system";

/// Makes a collection; gives back its id.
pub fn make(
    store: &Store,
    inner: &mut Inner,
    kind: Kind,
    owner: &str,
    uri: &str,
    props: Props,
) -> io::Result<u64> {
    let id = inner.state.pim.new_id();
    let collection = Collection {
        id,
        kind,
        owner: owner.to_owned(),
        uri: uri.to_owned(),
        props,
        token: 1,
        deleted: None,
        shares: Vec::new(),
        changes: Vec::new(),
        objects: std::collections::BTreeMap::new(),
    };
    let op = PimOp::Collection {
        collection: Box::new(collection),
    };
    store.commit_in(inner, op.into())?;
    Ok(id)
}

/// What every account gets once.
pub fn fill(config: &Config, store: &Store, user: &User) -> io::Result<()> {
    let mut inner = store.lock();
    if inner.state.pim.is_filled(&user.id) {
        return Ok(());
    }
    let personal = Props {
        name: Some("Personal".to_owned()),
        colour: Some("#00679e".to_owned()),
        components: vec!["VEVENT".to_owned()],
        ..Props::default()
    };
    let calendar = make(
        store,
        &mut inner,
        Kind::Calendar,
        &user.id,
        PERSONAL,
        personal,
    )?;
    make(
        store,
        &mut inner,
        Kind::Inbox,
        &user.id,
        "inbox",
        Props::default(),
    )?;
    let contacts = Props {
        name: Some("Contacts".to_owned()),
        ..Props::default()
    };
    let book = make(
        store,
        &mut inner,
        Kind::AddressBook,
        &user.id,
        CONTACTS,
        contacts,
    )?;
    let birthdays = birthdays(store, &mut inner, &user.id)?;
    if config.samples {
        let event = sample_event(&user.id);
        store.put_object(&mut inner, calendar, "example.ics", &event)?;
        let card = sample_card();
        store.put_object(&mut inner, book, "default", &card)?;
        if let Some(event) = birthday_event(&card) {
            store.put_object(&mut inner, birthdays, "contacts-default.ics", &event)?;
        }
    }
    let op = PimOp::Filled {
        user: user.id.clone(),
    };
    store.commit_in(&mut inner, op.into())
}

/// The calendar of birthdays, made where there is none.
pub fn birthdays(store: &Store, inner: &mut Inner, user: &str) -> io::Result<u64> {
    if let Some(known) = inner.state.pim.own(user, &[Kind::Calendar], BIRTHDAYS) {
        return Ok(known.id);
    }
    let props = Props {
        name: Some("Contact birthdays".to_owned()),
        colour: Some("#E9D859".to_owned()),
        components: vec!["VEVENT".to_owned()],
        ..Props::default()
    };
    make(store, inner, Kind::Calendar, user, BIRTHDAYS, props)
}

/// All accounts of the server, as cards.
pub fn accounts(config: &Config, store: &Store) -> io::Result<()> {
    let mut inner = store.lock();
    let known = inner.state.pim.own(SYSTEM, &[Kind::AddressBook], ACCOUNTS);
    let id = match known.map(|book| book.id) {
        Some(id) => id,
        None => {
            let props = Props {
                name: Some("Accounts".to_owned()),
                description: Some("System address book which holds all accounts".to_owned()),
                ..Props::default()
            };
            make(
                store,
                &mut inner,
                Kind::AddressBook,
                SYSTEM,
                ACCOUNTS,
                props,
            )?
        }
    };
    let everybody: Vec<Share> = config
        .users
        .iter()
        .map(|user| Share {
            user: user.id.clone(),
            writable: false,
        })
        .collect();
    let book = inner.state.pim.get(id);
    if book.is_some_and(|book| book.shares != everybody) {
        let op = PimOp::Shares {
            collection: id,
            shares: everybody,
        };
        store.commit_in(&mut inner, op.into())?;
    }
    for user in &config.users {
        let uri = format!("Database:{}.vcf", user.id);
        let book = inner.state.pim.get(id);
        if book.is_some_and(|book| book.object(&uri).is_some()) {
            continue;
        }
        let mail = user.mail().map_or(String::new(), |mail| {
            format!("EMAIL;TYPE=OTHER;X-NC-SCOPE=v2-federated:{mail}\r\n")
        });
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\r\nUID:{0}\r\nFN;X-NC-SCOPE=v2-federated:{1}\r\nN;X-NC-SCOPE=v2-federated:{1};;;;\r\n{mail}CLOUD:{0}@localhost\r\nEND:VCARD\r\n",
            user.id, user.display_name
        );
        store.put_object(&mut inner, id, &uri, card.as_bytes())?;
    }
    Ok(())
}

fn sample_event(user: &str) -> Vec<u8> {
    let day = Timestamp::now()
        .checked_add((7 * 24).hours())
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime("%Y%m%d");
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\r\nCALSCALE:GREGORIAN\r\nBEGIN:VEVENT\r\nUID:example-{user}-{}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Example event - open me!\r\nDTSTART:{day}T100000Z\r\nDTEND:{day}T110000Z\r\nDESCRIPTION:Welcome to Nextcloud Calendar!\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        now()
    )
    .into_bytes()
}

fn sample_card() -> Vec<u8> {
    let mut picture = STANDARD.encode(portrait(0, 100));
    let mut at = 70;
    while at < picture.len() {
        picture.insert_str(at, "\r\n ");
        at += 77;
    }
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\r\nUID:{}\r\nFN:Leon Green\r\nADR;TYPE=HOME:;;123 Street Street;City;State;;Country\r\nEMAIL;TYPE=HOME:leon@example.com\r\nTEL;TYPE=HOME,VOICE:+999999999999\r\nBDAY:19901005\r\nPHOTO;ENCODING=b;TYPE=PNG:\r\n {picture}\r\nEND:VCARD\r\n",
        uuid::Uuid::new_v4()
    )
    .into_bytes()
}
