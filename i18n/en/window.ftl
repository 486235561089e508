# The window: what all screens have in common.
window-title = Transhumance
window-title-of = { $name } – Transhumance
window-no-display = There is no screen to open the window on. Everything works on the command line too: transhumance practice, transhumance init, … For help: transhumance --help
window-failed = The window could not open, or had to close ({ $detail }). Nothing is lost. Everything works on the command line too: transhumance --help

rail-name = The steps
step-welcome = Welcome
step-source = From where
step-target = To where
step-choose = What
step-preview = Preview
step-move = Move
step-report = Report
step-done = done
step-here = you are here
step-ahead = still to come

go-back = Back
go-on = Continue
try-again = Try again
practice-banner = Rehearsal: none of this is real, you can try everything.
practice-name = Rehearsal

notice-error = Problem
notice-warning = Careful
notice-info = Good to know
notice-success = Done
look-again = Look again for changes
