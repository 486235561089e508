use std::fmt;

/// Declares an enum whose variants each have a stable code, kept in the ledger and in reports, and a
/// sentence `<prefix>-<code>` in every language.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident, $prefix:literal, { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code that the ledger and the reports keep.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The key of its sentence in `i18n/`.
            pub const fn message_key(self) -> &'static str {
                match self { $(Self::$variant => concat!($prefix, "-", $code),)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

coded! {
    /// Why an item got its decision or its outcome.
    Reason, "reason", {
        // Decisions: already there.
        /// The target has it, with the same checksum.
        SameContent = "same-content",
        /// The target has a file of the same size and date; its checksum is not known.
        SameSizeAndDate = "same-size-and-date",
        /// The folder is there already.
        FolderExists = "folder-exists",
        /// Moved by an earlier run and unchanged since.
        AlreadyMoved = "already-moved",
        /// Moved by an earlier run, then edited in the Nextcloud; the edit is kept.
        EditedAtTarget = "edited-at-target",
        /// Moved by an earlier run, then renamed or moved in the Nextcloud.
        MovedAtTarget = "moved-at-target",
        /// Moved by an earlier run, then deleted in the Nextcloud; it is not brought back.
        DeletedAtTarget = "deleted-at-target",
        /// The source has a newer version; the Nextcloud still has the one that was moved.
        ChangedAtSource = "changed-at-source",
        /// It is exported in another format than the chosen one, which the source does not have.
        OtherFormat = "other-format",
        /// A calendar or address book of this name is there already and takes what this one holds.
        CollectionExists = "collection-exists",
        /// The target's calendar or address book has an object of this UID that means the same.
        SameObject = "same-object",
        /// An object that changed at the source only; no older version of it is kept anywhere.
        ObjectChangedAtSource = "object-changed-at-source",
        // Decisions: conflicts.
        /// Something else of this name is at the target.
        NameTaken = "name-taken",
        /// Changed at the source and in the Nextcloud since it was moved.
        ChangedOnBothSides = "changed-on-both-sides",
        /// The target's calendar or address book has another object with this UID.
        UidTaken = "uid-taken",
        // Decisions: left out.
        Excluded = "excluded",
        FilesNotChosen = "files-not-chosen",
        /// Unticked in the tree.
        NotChosen = "not-chosen",
        CalendarsNotChosen = "calendars-not-chosen",
        ContactsNotChosen = "contacts-not-chosen",
        TasksNotChosen = "tasks-not-chosen",
        /// A calendar that somebody else shared.
        SharedCalendar = "shared-calendar",
        SubscribedCalendar = "subscribed-calendar",
        /// People whom Google noted by itself.
        OtherContacts = "other-contacts",
        /// The calendar or address book it lies in is left out.
        CollectionLeftOut = "collection-left-out",
        /// The same object twice in one collection.
        DuplicateUid = "duplicate-uid",
        /// The target's trash holds an object of this UID, which the server does not take twice.
        UidInTrash = "uid-in-trash",
        SharedWithMe = "shared-with-me",
        SharedDriveNotChosen = "shared-drive-not-chosen",
        ReceivedShare = "received-share",
        ExternalStorage = "external-storage",
        /// The shortcut's target is moved in its own place.
        ShortcutTargetMoved = "shortcut-target-moved",
        /// The folder it lies in is left out.
        FolderLeftOut = "folder-left-out",
        // Obstacles that the source names.
        ShortcutDangling = "shortcut-dangling",
        ShortcutLoop = "shortcut-loop",
        SymbolicLink = "symbolic-link",
        SpecialFile = "special-file",
        DownloadForbidden = "download-forbidden",
        FlaggedAsAbuse = "flagged-as-abuse",
        /// Microsoft found malware in it.
        Malware = "malware",
        /// A OneNote notebook, or a part of one: more than files, and handed out damaged.
        OneNote = "onenote",
        /// OneDrive's Personal Vault, which no program can open.
        PersonalVault = "personal-vault",
        /// A retention rule of the organisation keeps it back.
        RetentionLocked = "retention-locked",
        NotExportable = "not-exportable",
        Unreadable = "unreadable",
        /// Taken down at the demand of a rights holder or an authority.
        RestrictedContent = "restricted-content",
        /// Only the clients of its owner can decipher it.
        EndToEndEncrypted = "end-to-end-encrypted",
        /// Whoever signed in did not allow it to be read.
        NotGranted = "not-granted",
        /// A calendar of others that only shows when they are busy.
        FreeBusyOnly = "free-busy-only",
        /// A subscription whose address the source keeps to itself.
        SubscriptionAddressUnknown = "subscription-address-unknown",
        /// Made by a program out of other data: birthdays, the cards of a Deck board.
        GeneratedCollection = "generated-collection",
        /// A part of an archive that ends early or is not what its name says.
        ArchivePartDamaged = "archive-part-damaged",
        /// Other parts of the same archive show that it must have existed.
        ArchivePartMissing = "archive-part-missing",
        // Decisions: does not fit.
        NoSpace = "no-space",
        PathTooLong = "path-too-long",
        TooManyCalendars = "too-many-calendars",
        TooManyAddressBooks = "too-many-address-books",
        /// A calendar object or card of more bytes than a Nextcloud takes.
        ObjectTooLarge = "object-too-large",
        // Outcomes.
        SourceUnauthorized = "source-unauthorized",
        SourceGone = "source-gone",
        SourceForbidden = "source-forbidden",
        SourceChanged = "source-changed",
        /// Somebody, or a rule, keeps it locked at the source.
        SourceLocked = "source-locked",
        /// The source publishes another size or digest than that of the bytes which it hands out, twice the
        /// same; those arrived.
        SourceMisstated = "source-misstated",
        SourceUnavailable = "source-unavailable",
        DownloadQuota = "download-quota",
        TargetRefused = "target-refused",
        TargetUnavailable = "target-unavailable",
        TargetFull = "target-full",
        TargetLocked = "target-locked",
        TargetTooLarge = "target-too-large",
        /// Something appeared at the target path after the preview.
        TargetTaken = "target-taken",
        /// The target changed after the preview.
        TargetChanged = "target-changed",
        HashMismatch = "hash-mismatch",
        ParentFailed = "parent-failed",
        /// The calendar or address book could not be made.
        CollectionFailed = "collection-failed",
        /// Neither calendar object nor card, and no rule repairs it; its text was saved.
        BrokenObject = "broken-object",
        /// What the server stored does not mean what was sent.
        MeaningMismatch = "meaning-mismatch",
    }
}

coded! {
    /// Why an item has another name at the target than at the source.
    NameChange, "name", {
        /// Characters, names or endings that the server does not take.
        Forbidden = "forbidden",
        ControlCharacters = "control-characters",
        /// Spaces at the ends or dots at the end.
        Trimmed = "trimmed",
        TooLong = "too-long",
        /// Another item of the folder has this name.
        Duplicate = "duplicate",
        /// Another item's name differs in upper and lower case only.
        CaseDuplicate = "case-duplicate",
        /// Written in another Unicode form.
        Normalised = "normalised",
        /// The name's bytes are not UTF-8.
        NotUnicode = "not-unicode",
        /// The exported file's ending was added.
        Extension = "extension",
        Empty = "empty",
        /// Something of this name is at the target already.
        TakenAtTarget = "taken-at-target",
    }
}
impl Reason {
    /// Nothing but another look at both ends can help: carrying out the same plan again cannot.
    pub const fn needs_new_plan(self) -> bool {
        matches!(
            self,
            Self::SourceGone | Self::SourceChanged | Self::TargetTaken | Self::TargetChanged
        )
    }

    /// Somebody should do something about it, or at least look at it, whatever the item's outcome.
    pub const fn needs_a_hand(self) -> bool {
        matches!(
            self,
            Self::ChangedOnBothSides
                | Self::ShortcutDangling
                | Self::SymbolicLink
                | Self::DownloadForbidden
                | Self::FlaggedAsAbuse
                | Self::NotExportable
                | Self::Unreadable
                | Self::EndToEndEncrypted
                | Self::ArchivePartDamaged
                | Self::ArchivePartMissing
                | Self::NoSpace
                | Self::PathTooLong
        )
    }
}
