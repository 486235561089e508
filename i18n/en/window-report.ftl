report-title = The report
report-even = Everything is accounted for: { $found } found at the source, and it is known what became of each. Nothing was lost on the way.
report-uneven = The account does not balance: { $found } found, { $settled } settled. Look again for changes and start again; if it stays so, send the technical log, which is in { $logs }.
report-unfinished = This is not finished yet: of { $found }, { $left } are still to move. What follows is the account of what has been done.
report-resume = Go on moving
report-balance = The account
report-found =
    { $n ->
        [one] item found
       *[other] items found
    }
report-arrived = { $size } have arrived in your Nextcloud.
report-arrived-in = { $size } have arrived in your Nextcloud; the last run took { $time }.

report-items = What became of each item
report-by-hand =
    { $n ->
        [one] { $n } item to look at or to do by hand
       *[other] { $n } items to look at or to do by hand
    }
report-by-hand-nothing = Nothing to do by hand
report-filter = Which items to show
report-filter-by-hand = To do by hand
report-filter-failed = Failed
report-filter-linked = Links
report-filter-skipped = Left behind
report-filter-renamed = Renamed
report-filter-all = All
report-none = None.
report-choose = Choose a row to read all of it.
report-what = Item
report-outcome = Outcome
report-why = Why, and what to do
short-moved = Moved
short-converted = Converted
short-linked = Link
short-kept = There already
short-skipped = Left behind
short-failed = Failed
report-from = At the source: { $path }
report-to = In your Nextcloud: { $path }
report-open-source = Open at the source
report-linked = This kind of item (a form, a site, a map…) exists at Google only; a link file leads there. Make it anew in your Nextcloud before you close the Google account.

report-proof = The proof
report-proof-words = Every file was compared when it arrived. You can have all of it checked again in your Nextcloud now; that changes nothing there.
report-prove = Check everything again
report-proof-bad = Not everything is in order. What is damaged is sent again if you look again for changes and then move once more. What is missing was deleted in the Nextcloud: you will probably find it in its trash.

report-then = What next
report-open-words = Go and see your files in their new place.
report-open-target = Open your Nextcloud
report-open-practice = In a rehearsal there is no real Nextcloud to open.
report-again-words = If people have gone on working in the old place, a second run takes along only what is new or changed, after another preview.
report-next = Back to the start

access-title = Taking the access back
access-words = When all is done, Transhumance no longer needs access to your accounts. It gives its access back at both ends and forgets it on this computer.
access-leave = Sign out and forget…
access-ask = Take Transhumance’s access back?
access-ask-words = Your files stay where they are, on both sides. To go on with this migration or to look for changes, you will have to sign in again.
access-of = The access to { $host }
access-others = Other migrations to the same account will have to sign in again, too.
access-yes = Take back
access-no = Keep
access-leaving = Giving the access to { $host } back…
access-left = The access to { $host } is given back, and forgotten here.
access-failed = The access to { $host } could not be given back; it is still kept here.
access-by-hand-google = By hand: myaccount.google.com/connections, then the application that you made, and “Remove access”.
access-by-hand-dropbox = By hand: www.dropbox.com/account/connected_apps, then the app that you made, and “Disconnect”.
access-by-hand-nextcloud = By hand: in the Nextcloud, Personal settings, Security, then remove “Transhumance” from the devices and sessions.
