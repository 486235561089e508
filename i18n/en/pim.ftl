# Calendars, contacts and tasks. The reasons' keys are "reason-" and the code that the ledger and the reports keep.

reason-collection-exists = Your Nextcloud already has one of this name; what it lacks is added to it, and what is in it stays.
reason-same-object = Your Nextcloud already has exactly this entry here. Nothing to do.
reason-object-changed-at-source = It has changed at the source since it was moved, and nobody has edited it in your Nextcloud; the new version replaces the old one.
reason-uid-taken = Your Nextcloud already has another entry with the same identifier here. If both say the same, nothing is added; otherwise both are kept: compare them and delete one.

reason-calendars-not-chosen = Calendars are not taken along in this migration. To change that, set “calendars = true” in the migration file.
reason-contacts-not-chosen = Contacts are not taken along in this migration. To change that, set “contacts = true” in the migration file.
reason-tasks-not-chosen = Tasks are not taken along in this migration. To change that, set “tasks = true” in the migration file.
reason-shared-calendar = It belongs to somebody else, who shared it with you. To take a copy along, set “shared_calendars = true” in the migration file; it is better if its owner moves it and shares it again.
reason-subscribed-calendar = It is a calendar of elsewhere that you subscribe to. To subscribe to it in your Nextcloud, too, set “subscribed_calendars = true” in the migration file.
reason-other-contacts = Google noted this person by itself because of a mail; nobody put it among the contacts. To take these along, set “other_contacts = true” in the migration file.
reason-collection-left-out = The calendar or address book it is in is left out, and so is all that it holds. See why that is left out.
reason-duplicate-uid = The same entry is there twice; the other one is moved. Nothing to do.
reason-uid-in-trash = Somebody has deleted this very entry in your Nextcloud, and it is still in the trash of the calendar. Restore it there, or empty that trash and start again.
reason-not-granted = The sign-in does not cover this (a box that was not ticked, or a sign-in from before), so it cannot be read. Sign in again and allow everything, then start again; or leave it out in the migration file.
reason-free-busy-only = Its owner only lets you see when they are busy, not what their appointments are: there is nothing to move. Ask them to share it with you in full, or to move it themselves.
reason-subscription-address-unknown = You subscribe to this calendar by an address that the source does not tell. Subscribe to it again in your Nextcloud: “New calendar”, then “New subscription from link”.
reason-generated-collection = A program makes it out of other data (birthdays of the contacts, for example), and your Nextcloud does so by itself. Nothing to do.

reason-too-many-calendars = A Nextcloud takes only 30 calendars and subscriptions. Delete or merge some, or leave others out, then make a new preview. The person who runs your Nextcloud can allow more; then say so with “calendars_at_most” in the migration file.
reason-too-many-address-books = A Nextcloud takes only 10 address books. Delete or merge some, then make a new preview. The person who runs your Nextcloud can allow more; then say so with “address_books_at_most” in the migration file.
reason-object-too-large = It is larger than a Nextcloud takes (10 MB for an entry of a calendar, 5 MB for a contact). Take large attachments out of it at the source, then start again.
reason-collection-failed = The calendar or address book that it belongs into could not be made. See why that failed, then start again.
reason-broken-object = It is so damaged that no calendar or address book can read it. Its text was saved; the details say where.
reason-meaning-mismatch = What your Nextcloud stored is not what was sent, so it does not count as moved. Its text was saved; the details say where. Please report it.

proof-meaning = proved: read back, it means the same

# transhumance init
init-shared-calendars = Copies of the calendars that other people have shared with you.
init-subscribed-calendars = The calendars of elsewhere that you subscribe to: as subscriptions, too.
init-other-contacts = Google: the people whom it noted by itself when you exchanged mails.
init-import-calendar-files = Whether .ics and .vcf files become calendars and contacts instead of being copied as files.
init-at-most = Only where the person who runs your Nextcloud allows more calendars or address books than usual:

# Counts
count-calendars =
    { $n ->
        [one] { $n } calendar
       *[other] { $n } calendars
    }
count-events =
    { $n ->
        [one] { $n } event
       *[other] { $n } events
    }
count-tasks =
    { $n ->
        [one] { $n } task
       *[other] { $n } tasks
    }
count-address-books =
    { $n ->
        [one] { $n } address book
       *[other] { $n } address books
    }
count-contacts =
    { $n ->
        [one] { $n } contact
       *[other] { $n } contacts
    }

# At the ends of commands
survey-done-calendars = And { $calendars } with { $events } and { $tasks }.
survey-done-contacts = And { $books } with { $contacts }.
preview-many-collections = A Nextcloud may allow only ten new calendars or address books an hour. Then the move waits for it, { $time } in all; whoever runs yours can lift this limit.

# Beside the progress bar
progress-waiting = your Nextcloud takes no more new calendars for now; the next try is at { $time }
