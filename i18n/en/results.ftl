# What each command says at its end.
survey-done = Found at the source: { $folders } and { $files }, { $size } in all.
survey-next = See what would happen to them with: transhumance preview { $file }

preview-head = This is what will happen to { $items }:
preview-move = will be moved
preview-convert = will be converted into files and moved
preview-link = will become small link files
preview-keep = are there already
preview-skip = will stay behind
preview-conflict = meet something else in their place
preview-block = do not fit
preview-renamed =
    { $n ->
        [one] { $n } of them gets another name, because your Nextcloud cannot take its own.
       *[other] { $n } of them get another name, because your Nextcloud cannot take their own.
    }
preview-reason = { $items }: { $reason }
preview-size = That is { $size }; your Nextcloud has room for { $free }.
preview-size-unlimited = That is { $size }; your Nextcloud sets no limit.
preview-does-not-fit = It does not all fit. Make room, ask for more space, or leave something out with “exclude” in the migration file; then make a new preview.
preview-next = Nothing was moved yet. To move: transhumance move { $file }
preview-nothing = Everything is in place; there is nothing to move.

fit-refused = { $needed } would have to move, but your Nextcloud has room for { $free } only, so nothing was begun.
fit-would = These folders would fit: { $names }.
fit-would-not = These would have to stay: { $names }. Leave them out with “exclude” in the migration file, make room, or ask for more space; then start again.
    .window = These would have to stay: { $names }. Leave them out at “What”, make room, or ask for more space; then try again.

move-done = The move is done, in { $time }; { $size } have arrived in all.
move-stopped = Stopped. { $items } are still to be moved; the same command goes on where it stopped.
move-next = Look at all of it again with: transhumance verify { $file }

balance-head = The account of { $items }:
balance-moved = moved
balance-converted = converted and moved
balance-linked = replaced by link files
balance-kept = there already, kept
balance-skipped = left behind
balance-failed = failed
balance-pending = still to be moved
balance-even = Found = the sum of all that: the account balances, nothing was lost on the way.
balance-uneven = The account does not balance: { $found } found, { $settled } accounted for. Run the same command again; if it stays so, please report it with the technical log in { $logs }.

failed-head = What failed, and what to do:
failed-more = … and more; all of them with: transhumance report { $file }
item-line = { $path }: { $reason }

verify-done = Looked at { $items } in your Nextcloud again:
verify-proved = proved, unchanged from end to end
verify-weak = there, but not fully proved: the source publishes no checksum (converted documents, for example), or somebody has edited them since
verify-mismatched = not what left the source
verify-missing = not there
verify-good = Everything has arrived.
verify-bad = Not everything is in order. The list: transhumance report { $file }. What is damaged will be moved again by: transhumance move { $file }. What is missing was deleted in the Nextcloud: look into its trash.

status-not-surveyed = Nothing was surveyed yet. Begin with: transhumance survey { $file }
status-not-planned = { $items } are surveyed, nothing is decided yet. Go on with: transhumance preview { $file }
status-pending = { $done } of { $total } are settled; { $size } are still to be moved. Go on with: transhumance move { $file }
status-complete = All { $total } are settled.

# One item's account.
item-moved = moved
item-converted = converted and moved
item-linked = replaced by a link file
item-kept = there already
item-skipped = left behind
item-failed = failed
proof-full = proved: what left, what was sent and what arrived are the same
proof-streamed = proved: what was sent and what arrived are the same
proof-size-and-date = same size and date
proof-acknowledged = the Nextcloud confirms it
verdict-weak = it is there, but the source publishes no checksum to compare.
verdict-edited = somebody has edited it in your Nextcloud since it arrived. Nothing to do.
verdict-missing = it is no longer there. If nobody deleted it on purpose, look into the trash of your Nextcloud.
verdict-mismatched = it is not what left the source. The next move sends it again; if it stays so, a disk or the server is damaged.
verdict-unknown = your Nextcloud could not be asked ({ $detail }). Verify again later.
