# What was done to the text of an event, a task or a contact so that a Nextcloud takes it, and why some are beyond that.
# The keys are "change-" and "defect-" and the code that the ledger and the reports keep.

change-byte-order-mark = An invisible mark at the start of the text was taken away.
change-line-ends = The lines of the text now end as the standard says.
change-charset = Accented letters were written in an old way and are now written in today’s (UTF-8). Look at a name or a title to see that they are right.
change-control-characters = Invisible control characters were taken away.
change-stray = Text that did not belong to the entry was taken away.
change-end-added = The last line was missing and was added.
change-name-mended = A property had a name that the standard does not allow; it is kept under a similar one.
change-method-stripped = A mark that makes an invitation of the text was taken away, so that nobody gets a mail.
change-mail-alarm = A reminder by mail became a reminder on the screen: Nextcloud would have mailed all guests.
change-alarm-mended = A reminder did not say how or when to remind; it was completed or set aside within the entry.
change-uid-added = It had no identifier and got one.
change-uid-shortened = Its identifier was too long; it got a shorter one and keeps the old one beside it.
change-stamp-added = The date of its last change was missing and was added.
change-product-added = The name of the program that wrote it was missing and was added.
change-version-added = The version of the format was missing and was added.
change-zone-added = The description of its time zone was missing and was added.
change-zone-mended = The description of its time zone was wrong and was put right. Check its time, if it matters.
change-date-mended = A date was written in an unusual way and was put right.
change-duplicate-dropped = Something was said twice; it is now said once.
change-repeated-kept = Something was said twice in two ways; the first one counts, the other is kept but not shown.
change-unreadable-kept = A date could not be read; it is kept but not shown. Complete the entry by hand.
change-vcard-2-1 = It was in a very old format (vCard 2.1) and is now in today’s.
change-name-added = It had no name to show; that was made of what else it says.
change-structured-name-added = Its first and last name were not told apart; both are in one.
change-components-added = Empty parts of the name or the address were added, as the standard says.
change-encoding-mended = A text or a photo was encoded in a way of another format and was put right.
change-photo-scaled = The photo was made smaller, so that the contact fits into a Nextcloud. The large one stays where it was.

defect-empty = There is nothing in it.
defect-not-this-format = It is neither a calendar nor a contact, whatever its name says. Open it with the program that it comes from.
defect-line = A line of its text cannot be understood. Correct it where it comes from, or enter it by hand.
defect-unbalanced = Its text is incomplete, as if cut off. Export it again where it comes from.
defect-several = There are several entries where one is expected. Export them one by one, or enter them by hand.
defect-version = It is in a format that is too old or unknown. Open it with another program and export it again.
defect-component = It is neither an event nor a task nor a journal entry, and a Nextcloud takes nothing else.
defect-start = It does not say when it begins, or not readably. Correct it where it comes from, or enter it by hand.
defect-rule = Nobody can tell when it repeats. Correct it where it comes from, or enter it by hand.
defect-nameless = The contact is empty.
defect-too-large = It is larger than a Nextcloud takes. Take something out of it (a file, a photo), then start again.
