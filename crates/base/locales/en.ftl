# Messages of the base crate: each problem code is a key.

# Text
base-text-control = It holds a control character ({ $code }), which cannot be seen and is not accepted. Please delete it and type this part again.

# Names and addresses
base-name-short = A name has at least two letters. Please write it in full, as on the identity paper.
base-name-digits = A person's name has no digits. Please write it as on the identity paper; for an organisation, enter its tax code.
base-name-signs = The sign “{ $sign }” does not stand in a person's name. Please write it as on the identity paper.
base-name-case = Each word of a name begins with a capital letter. Is it “{ $written }”?
base-address-short = The address is too short. Please write house number, street or hamlet, and commune or ward, such as: 12 đường 3/2, phường Ninh Kiều.

# Agency identifiers
base-agency-code-long = The agency identifier is longer than { $max } characters. Decision 20/2020/QĐ-TTg allows at most { $max }; please check “{ $value }”.
base-agency-code-letters = The agency identifier “{ $value }” has characters that are not allowed. It consists of digits, letters A–Z without marks, and points (Decision 20/2020/QĐ-TTg).
base-agency-code-head = The agency identifier “{ $value }” does not begin as it should. The first level is a letter from A to Y and two digits, such as H13 (Decision 20/2020/QĐ-TTg).
base-agency-code-group = The agency identifier “{ $value }” has a group that is empty or longer than { $max } characters. Each lower level is a group of 1 to { $max } characters after a point, such as H13.08.

# Dossier codes
base-dossier-code-shape = The dossier code “{ $value }” does not have its three parts: agency, day of receipt and number, such as H13.08-261122-0012. It is printed on the receipt.
base-dossier-code-date = The part “{ $part }” of the dossier code is not a real date. It gives year, month and day with two digits each; 261122 is 22/11/2026.
base-dossier-code-counter = The number “{ $part }” at the end of the dossier code must have four or five digits, such as 0012.

# Personal identity numbers
base-citizen-id-digits = A personal identity number has digits only. Remove letters and other signs and enter the 12 digits on the identity card.
base-citizen-id-old = This is the 9-digit number of an old identity card, which has not been valid since 31/12/2024. Please enter the 12-digit personal identity number.
base-citizen-id-length = A personal identity number has exactly 12 digits; this one has { $count }.
base-citizen-id-place = The first three digits “{ $place }” are not a code of a place of birth registration. Please compare with the identity card.
base-citizen-id-century = The fourth digit “{ $digit }” cannot be right: it tells the century of birth and the sex, and only 0, 1, 2 and 3 are in use.
base-citizen-id-future = This personal number is of somebody born in { $inNumber }, which has not come yet. Compare it with the identity card or the birth certificate.
base-citizen-id-birth-year = The declared year of birth is { $declared }, the personal identity number says { $inNumber }. Please check the date of birth or the number.
base-citizen-id-sex = The declared sex differs from the one in the personal identity number. Please check.

# Tax codes
base-tax-code-digits = A tax code has digits only, with an optional hyphen before the three digits of a branch.
base-tax-code-length = A tax code has 10 or 13 digits; this one has { $count }. Persons and household businesses use the 12-digit personal identity number.
base-tax-code-check = The check digit of the tax code (the tenth) does not fit. One digit may be mistyped; please compare with the registration certificate.
base-tax-code-branch = The last three digits of a branch's tax code run from 001 to 999.

# Numbers of persons and organisations
base-person-number-digits = This number has digits only: a personal identity number of 12 digits, or a tax code of 10 or 13. For a foreigner with a passport, choose “Passport” as the kind of paper.
base-person-number-length = A personal identity number has 12 digits, a tax code 10 or 13; this one has { $count }.

# Telephone numbers
base-phone-foreign = A telephone number from abroad is written + and the country code first, 8 to 15 digits in all, such as +1 415 555 0100; this one has { $count } digits.
base-phone-digits = A telephone number has digits only and may begin with +.
base-phone-length = The telephone number has too few or too many digits ({ $count } read). Mobile numbers have 10, such as 0912 345 678; fixed lines begin with 02 and have 10 or 11.
base-phone-prefix = The prefix { $prefix } is not in use in Vietnam. Please check the first three digits.

# Money
base-money = “{ $value }” cannot be read as an amount. Please enter whole đồng, such as 150000 or 150.000.

# Limits and calendars
base-limit = The limit “{ $value }” cannot be read. Write 5wd (working days), 3d (days), 8h (working hours), 1m (months) or same-day; numbers run from 1 to 9999.
base-pause-policy = There is no pause policy “{ $value }”. Choose restart (count anew) or resume (count on).
base-basis = The basis of the due date “{ $value }” cannot be read.
base-hours = The working hours “{ $value }” cannot be read. Write 07:00-11:30, the beginning before the end.
base-hours-order = The working hours of a day must be in order and must not overlap; please look at “{ $value }”.
base-hours-none = The calendar has no working hour in the whole week, so nothing could ever be due.
base-calendar-text = The calendar file does not have the right structure: { $detail }
base-calendar-version = The calendar version “{ $value }” is not valid. Use letters without marks, digits, points, hyphens and underscores only.
base-calendar-day = The day off “{ $value }” ({ $name }) in the calendar file is not valid: no such date, a period the wrong way round, or a name that is not declared.
base-calendar-swap = The swap of { $day } is not valid: the day taken off must be a working day, the day worked for it a weekly day off that is no holiday, and each may be used once.
base-extension-second = This dossier was given a new date once already. A result may be re-appointed at most once (Decree 61/2018/NĐ-CP, Article 19 clause 9).
base-extension-late = The apology and the new date must go out at the latest one day before the due date ({ $due }). If it is still needed, please state the reason (Decree 61/2018/NĐ-CP, Article 19 clause 9).

# Ids and closed lists
base-id = The internal id cannot be read; it has digits only.
base-lang = There is no language “{ $value }”. Choose vi (Vietnamese) or en (English).
base-level = There is no level “{ $value }”. Choose province, district (before 01/07/2025) or commune.
base-channel = There is no channel “{ $value }”. Choose counter, online or post.
base-role = There is no role “{ $value }”.
base-sex = There is no sex “{ $value }”. Choose male or female.

# Words on screens
base-level-province = Province
base-level-district = District
base-level-commune = Commune
base-channel-counter = Counter
base-channel-online = Online
base-channel-post = Post
base-sex-male = Male
base-sex-female = Female
base-role-clerk = Desk clerk
base-role-officer = Handling officer
base-role-division-head = Head of division
base-role-leader = Leader
base-role-reform-officer = Reform officer
base-role-inspector = Inspector
base-role-catalogue-keeper = Catalogue keeper
base-role-administrator = Administrator
base-role-own = A role of the province's own
base-role-citizen = Citizen or organisation
base-limit-working-days = { $n ->
    [one] { $n } working day
   *[other] { $n } working days
}
base-limit-calendar-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
base-limit-hours = { $n ->
    [one] { $n } working hour
   *[other] { $n } working hours
}
base-limit-months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
base-limit-same-day = Same day
base-system = There is no system “{ $value }”. Choose state, vertical, party or front.
base-system-state = State administration
base-system-vertical = Central vertical agencies
base-system-party = Party committees
base-system-front = Fatherland Front and socio-political organisations
base-text-long = Too long: at most { $max } letters.
