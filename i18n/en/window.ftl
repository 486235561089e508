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

page-open = Open the page
page-open-of = Open the page “{ $what }” in the browser
page-copy = Copy the address
page-copy-of = Copy the address of the page “{ $what }”
page-copied = Copied
waiting-browser = It goes on in your browser…
waiting-page = Sign-in
waiting-cancel = Cancel the sign-in

passphrase-new-title = A phrase to protect your sign-ins
passphrase-new-words = This computer has no keychain to keep your sign-ins safe. Choose a secret phrase: it encrypts them on this computer, and the program will ask for it once each time it is started.
passphrase-new-yes = Protect with this phrase
passphrase-new-no = Keep nothing
passphrase-title = Your secret phrase
passphrase-words = Your sign-ins are kept on this computer, protected by the phrase that you chose.
passphrase-yes = Open
passphrase-no = Later
passphrase-label = Secret phrase
passphrase-again = The same once more
passphrase-help = At least eight characters; four words that have nothing to do with each other are perfect. Write it down: nobody can find it again, but then signing in again is all it takes.
passphrase-short =
    { $n ->
        [one] That is too short: it takes at least { $n } character.
       *[other] That is too short: it takes at least { $n } characters.
    }
passphrase-different = The two phrases are not the same.
passphrase-wrong = This is not the phrase. Try again; mind the capital letters.
passphrase-checking = Checking the phrase…
passphrase-declined = Your sign-ins are not kept: they are good until the program is closed, then you will have to sign in again.
passphrase-give = Give a secret phrase
