preview-title = This is what would happen
preview-lead = Nothing has moved yet. Take your time; nothing begins before you ask for it.
preview-arrives = { $items } will arrive in your Nextcloud, { $size } in all.
preview-line = { $items } { $what }
preview-full = Not everything fits into your Nextcloud. Go back and untick something, make room, or ask for more space; then come here again.
preview-room = The room in your Nextcloud
preview-room-words = Today { $used } are used. { $adds } arrive; afterwards it is { $after } of { $all }.
preview-room-unlimited = Today { $used } are used. { $adds } arrive; afterwards it is { $after }. Your Nextcloud sets no limit.
preview-room-used = used already
preview-room-adds = what arrives
preview-room-free = free
preview-time = The time it takes
preview-time-words = About { $time }. You can stop and go on whenever you like.
preview-time-why = Reckoned for { $folders }, { $files }, { $exports ->
        [0] no document to convert
        [one] { $exports } document to convert
       *[other] { $exports } documents to convert
    } and { $size } at { $rate }, which an ordinary line sends. The real pace shows while it moves.
preview-time-limit = That is your bandwidth limit.
preview-table = Item by item
preview-filters = What is shown
preview-all = Everything
preview-renamed-filter = Get another name
preview-reasons = Why
preview-all-reasons = All reasons
preview-search = Search
preview-search-example = part of the name
preview-found = { $items } in the list
preview-column-name = Where it is today
preview-column-what = What happens
preview-column-size = Size
preview-column-where = Where it arrives
preview-nowhere = nowhere
preview-detail-from = Today: { $path }
preview-detail-to = In your Nextcloud: { $path }
preview-go = Move now
one-move = Moves
one-convert = Is converted
one-link = Becomes a link
one-keep = Is there already
one-skip = Stays where it is
one-conflict = Meets something else
one-block = Does not fit
