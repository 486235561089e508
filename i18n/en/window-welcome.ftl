welcome-first-title = Welcome
welcome-first-lead = Transhumance moves your association’s files, calendars and contacts into a Nextcloud. Here is what will happen.
promise-what = You say where from and where to; the program takes stock, shows you everything that it would do, begins only after you have said yes, and at the end accounts for every item.
promise-never = Nothing is ever deleted or changed where your data is today, and no e-mail goes out.
promise-others = Your data passes through this computer and through nobody else.
promise-time = Preparing takes about half an hour, then the move takes from a few minutes to a few days, depending on how much there is; it stops and goes on whenever you like.
welcome-understood = I understand

welcome-title = Your migrations
welcome-lead = Begin a migration, or go on with one where you left it.
welcome-new-title = A real migration
welcome-new-words = In six steps, one after the other. You can stop and go back at any time.
welcome-new = Begin a migration
practice-title = A rehearsal to practise
practice-words = A whole migration between a make-believe Google Drive and a make-believe Nextcloud, both on this computer. Nothing is real: it is there to be tried out.
practice-start = Begin the rehearsal
practice-resume = Go on with the rehearsal
practice-fresh = Start over
welcome-mine = Already begun

entry-way = From { $from } to { $to }
entry-from = From { $from }
entry-nameless = Without a name
entry-draft = In preparation: where from or where to is still missing.
entry-ready = Ready to take stock.
entry-planned = Prepared: { $items }, { $size } to move. Nothing has moved yet.
entry-begun = { $percent } done, paused.
entry-waiting = { $percent } done. Stopped: something waits for your help.
entry-done = Done: { $items } are settled.
entry-done-on = Done on { $day }: { $items } are settled.
entry-done-failed =
    { $n ->
        [one] Done: { $items } are settled, of which { $n } failed.
       *[other] Done: { $items } are settled, of which { $n } failed.
    }
entry-unreadable = This migration cannot be read. Nothing of it has been deleted.
entry-progress = Progress
entry-continue = Continue
entry-look = See the report
entry-open-of = Open “{ $name }”
entry-forget = Forget
entry-forget-of = Forget “{ $name }”
forget-title = Forget “{ $name }”?
forget-words = This migration disappears from the list, with what the program knows of how far it has come. Your files stay where they are, on both sides.
forget-yes = Forget
forget-no = Keep
