citizens-nav-home = Home
citizens-nav-my = My dossiers
citizens-home-title = File and follow a dossier
citizens-what = What do you need to get done?
citizens-search-example = For example: register a birth
citizens-offered = { $all } procedures in force, { $online } can be filed online here.
citizens-life = By life event
citizens-life-lead = What people usually need at this time.
citizens-life-more = Find more procedures of this kind
citizens-file-online = File online
citizens-track = Track a dossier
citizens-track-go = Track
citizens-track-hint = The code on your receipt or in the message. No need to sign in.
citizens-sign-in-hint = Sign in to see all your dossiers and to send further papers.
citizens-new = Newly in force
citizens-new-none = The catalogue is still empty.
citizens-new-from = from { $day }
citizens-waits-for-you = Waiting for you
citizens-begun = Begun and not sent
citizens-saved-at = Saved { $at }
citizens-no-event = There is no such group of procedures.

citizens-step-owner = Who and where
citizens-step-papers = Papers
citizens-step-check = Check and file
citizens-competent = Where it is decided
citizens-competent-hint = Any place of the province that decides this procedure.
citizens-owner-name = Full name of the owner
citizens-owner-name-hint = As on the identity card. Change it if you file for somebody else.
citizens-owner-number = Personal identification number or tax code
citizens-owner-number-hint = The 12 digits on the identity card; for a business its tax code.
citizens-owner-phone = Telephone
citizens-owner-phone-hint = To tell you when the dossier needs you.
citizens-owner-address = Address
citizens-owner-address-hint = House, street or hamlet, commune or ward.
citizens-agency-required = Choose where it is to be decided.
citizens-next = Continue
citizens-save = Save for later
citizens-submit = File the dossier
citizens-papers-lead = Upload a clear photograph or a scan of each paper.
citizens-upload-now = Upload and stay here
citizens-paper-drop = Remove
citizens-reuse = Use again the paper you handed in with dossier { $code }
citizens-reused-from = used again from dossier { $code }
citizens-how-long = Time limit
citizens-fee = Fee
citizens-free = Free
citizens-mend = Change
citizens-left-out = (left empty)
citizens-promise = By filing I declare that what I state and hand in is true.
citizens-saved = Saved. You can go on at any time.
citizens-filed = The dossier has been filed.
citizens-drop = Remove
citizens-dropped = The unfinished filing was removed.
citizens-done = Recorded.
citizens-draft-gone = This filing was sent or removed in another window. Look under My dossiers.
citizens-too-many-drafts = You have { $max } unfinished filings. Send or remove some before beginning another.

citizens-limit-working-days = { $n ->
    [one] one working day
   *[other] { $n } working days
 }
citizens-limit-days = { $n ->
    [one] one day
   *[other] { $n } days
 }
citizens-limit-hours = { $n ->
    [one] one working hour
   *[other] { $n } working hours
 }
citizens-limit-months = { $n ->
    [one] one month
   *[other] { $n } months
 }
citizens-limit-same-day = the same day

citizens-my = My dossiers
citizens-my-lead = What you filed with this account.
citizens-filed-list = Filed
citizens-none = You have not filed anything with this account
citizens-none-hint = What was filed at a counter can be tracked with the code on the receipt.
citizens-find = Find a procedure
citizens-code = Dossier code
citizens-procedure = Procedure
citizens-procedure-code = Procedure code
citizens-status = Status
citizens-due = Due
citizens-filed-at = filed { $at }
citizens-do-it = Do it now
citizens-count = { $n ->
    [one] one dossier
   *[other] { $n } dossiers
 }

citizens-fresh = The dossier has been filed
citizens-fresh-keep = This is your dossier code. Keep it or take a picture of the screen.
citizens-what-now = What happens now
citizens-now-1 = { $agency } looks at it and answers within 8 working hours.
citizens-now-2 = Once it is received, the due date stands on this page.
citizens-now-3 = If papers are missing you are told once, in full, and send them from here.
citizens-qr = QR code for tracking
citizens-late = This dossier is overdue ({ $late }). { $agency } owes you a written apology and a new date.
citizens-asked = The agency needs more from you
citizens-supplement-file = Further papers
citizens-supplement-replace = Replace a paper handed in
citizens-supplement-note = A word with it
citizens-supplement-send = Send
citizens-supplement-empty = Choose at least one file.
citizens-pay = { $amount } is to be paid: { $reason }. Pay at the place of intake; the dossier goes on at once.
citizens-paid = paid
citizens-not-paid = not paid
citizens-way = The way of the dossier
citizens-results = Papers received
citizens-about = About the dossier
citizens-papers = Papers handed in
citizens-papers-none = This procedure asks for no papers.
citizens-answers = What was stated
citizens-withdraw = Withdraw
citizens-withdraw-means = The dossier stops and is not decided. To try again, file a new one.
citizens-withdraw-why = Why
citizens-withdraw-now = Withdraw this dossier
citizens-rate = How satisfied are you with the handling of this dossier?
citizens-rate-send = Send
citizens-rated = You rated it: { $score }.

citizens-did-file = You filed the dossier
citizens-was-received = Received, due { $due }
citizens-was-not-received = Not received
citizens-supplement-was-asked = Further papers were asked for
citizens-did-supplement = You sent further papers
citizens-did-supplement-due = Further papers sent, now due { $due }
citizens-payment-was-asked = { $amount } was asked for
citizens-did-pay = { $amount } paid
citizens-result-ready = The result is ready
citizens-was-refused = Refused
citizens-did-withdraw = Withdrawn
citizens-was-stopped = Stopped
citizens-result-returned = The result was handed over
citizens-result-sent = The result was sent by post
citizens-next-intake = Waiting for { $agency } to receive it, answer by { $due }
citizens-next-processing = Being decided at { $agency }, due { $due }
citizens-next-supplement = Waiting for your papers; the clock stands still
citizens-next-payment = Waiting for your payment; the clock stands still
citizens-next-pick-up = The result waits for you at { $agency }
citizens-later-received = Received, with a due date
citizens-later-decided = Decided
citizens-later-returned = Result handed over
