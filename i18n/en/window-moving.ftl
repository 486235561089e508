moving-title = The move
moving-lead = It all happens by itself. Nothing is deleted or changed at the source.
moving-progress = Progress of the move
moving-now = Under way
moving-planning = The plan is being renewed…
moving-paused = Paused
moving-complete = Done
moving-not-begun = Not begun yet
# What screen readers announce, at every tenth.
moving-said = { $percent } done.
moving-rate = Rate
moving-left = Time left
moving-left-unknown = being estimated
moving-minutes = { $minutes } min
moving-failed-count = Failed
moving-curve = Rate of the last two minutes: { $mean } on average, { $highest } at the most.

moving-pause = Pause
moving-resume = Resume
moving-begin = Begin
moving-stop = Stop
moving-holds-help = While paused, the move waits here until you resume it. Stopping ends it for this time and shows the report of what has been done; you can still go on with it another day.
moving-stop-title = Stop the move?
moving-stop-words = What has arrived stays in your Nextcloud. What has not left yet stays where it is. Nothing is lost, and you can go on from here later.
moving-stop-yes = Stop here
moving-stop-no = Go on moving

moving-under-way = On its way now
moving-nothing = Nothing at the moment.
moving-more =
    { $n ->
        [one] and { $n } other
       *[other] and { $n } others
    }

moving-failed =
    { $n ->
        [one] { $n } item failed
       *[other] { $n } items failed
    }
moving-failed-what = Item
moving-failed-why = Why, and what to do
moving-failed-choose = Choose a row to read all of it and to try that item again.
moving-again-all = Try all again
moving-in-vain = Another try would not help. Do what each row says, then look again for changes.
moving-again-of = Try “{ $name }” again

moving-limit = Bandwidth limit
moving-limit-off = None
moving-limit-other = Other…
moving-limit-typed = Your limit
moving-limit-apply = Apply
moving-limit-help = It works at once. A limit leaves room for others on the same connection.
moving-awake = Keep the computer awake
moving-awake-help = As long as the move goes on, the computer does not fall asleep by itself. The screen may go dark.
moving-awake-reason = Files are being moved.
moving-close = You can close the window or switch off the computer at any time: next time, the move goes on from here.

moving-next = See the report

# The notification, when the window is not in front.
notify-done-title = { $name }: the move is done
notify-done = { $items } are settled. The report is waiting for you.
notify-failed =
    { $n ->
        [one] { $n } item failed; the report says why.
       *[other] { $n } items failed; the report says why.
    }
notify-stopped-title = { $name }: the move has stopped
