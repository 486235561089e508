choose-title = What is to be moved?
choose-lead = What is recommended is ticked already.
choose-surveying = Taking stock: { $items } so far
choose-planning = Preparing the preview
choose-found = The inventory has { $items }.
choose-shared-with-me = Also what other people have shared with this account
choose-next = See the preview
