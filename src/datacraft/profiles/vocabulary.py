"""General English and business words that names of tables and columns are made of.

Only knowledge that holds in any database lives here: how words are abbreviated, which words say that a
column identifies, counts, rates or dates something. Synonyms for questions are the engine's.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


ABBREVIATIONS: dict[str, str] = {
    "acct": "account", "addr": "address", "adj": "adjustment", "amt": "amount",
    "appt": "appointment", "approx": "approximate", "assoc": "associate", "attr": "attribute",
    "avg": "average", "bal": "balance", "bldg": "building", "capa": "capacity", "cd": "code",
    "cnt": "count", "cntry": "country", "co": "company", "corp": "corporation",
    "ctry": "country", "curr": "currency", "cust": "customer",     "dept": "department", "dst": "destination", "dest": "destination",     "diag": "diagnosis", "disc": "discount", "dist": "distance", "div": "division", "dob": "birth date",
    "dt": "date", "dte": "date", "emp": "employee", "eqpt": "equipment", "est": "estimated",
    "fname": "first name", "freq": "frequency", "govt": "government", "grp": "group",
    "hosp": "hospital", "hr": "hour", "hrs": "hours", "ht": "height", "img": "image", "info": "information",
    "instr": "instructor", "inv": "invoice", "lang": "language", "lat": "latitude",
    "lname": "last name", "lng": "longitude", "loc": "location", "lon": "longitude",     "max": "maximum", "mfr": "manufacturer", "mfg": "manufacturing", "mgmt": "management",
    "mgr": "manager", "min": "minimum", "misc": "miscellaneous", "mo": "month", "mth": "month",
    "mkt": "market", "mname": "middle name", "nbr": "number", "no": "number", "num": "number", "ofc": "office",
    "ord": "order", "org": "organization", "orig": "origin", "pct": "percent",
    "pmt": "payment", "prc": "price", "prev": "previous",
    "prod": "product", "prof": "professor", "proj": "project", "qtr": "quarter",
    "qty": "quantity", "qual": "quality", "rcpt": "receipt", "ref": "reference",
    "rep": "representative", "rev": "revenue",
    "rgn": "region", "rx": "prescription", "sal": "salary", "sched": "schedule",     "seq": "sequence", "shpmt": "shipment", "src": "source", "stmt": "statement",
    "stu": "student", "subcat": "subcategory", "subj": "subject", "subs": "subscription",
    "supp": "supplier", "svc": "service", "temp": "temperature", "tel": "telephone", "terr": "territory",
    "tkt": "ticket", "tot": "total", "trans": "transaction", "trx": "transaction", "ts": "timestamp",
    "tx": "transaction", "txn": "transaction", "univ": "university", "usr": "user", "val": "value",
    "veh": "vehicle", "vend": "vendor", "vol": "volume", "wh": "warehouse", "whse": "warehouse", "wk": "week",
    "wt": "weight", "yr": "year", "yrs": "years", "yoe": "years of experience", "desc": "description",
    "descr": "description", "cat": "category", "cats": "categories", "dow": "day of week", "dim": "dimension",
    "ident": "identifier", "pwd": "password", "ph": "phone", "mob": "mobile", "crs": "course", "sem": "semester",
    "tbl": "table", "natl": "national", "intl": "international",     "flg": "flag", "mkg": "marketing",
}  # fmt: skip
"""Abbreviated word to full words."""

ONLY_WITH_COMPANY = word_set("cat cats no rep ref lat lon min max co est rev temp tel dist hr prof disc")
"""Abbreviations that are also words or are too short to be sure when they stand alone."""

TABLE_PREFIXES = word_set("tbl tb t dim fact fct stg staging raw src dwh dw vw view v mart ods")
TABLE_SUFFIXES = word_set(
    "list info information lookup lkp daily hourly weekly monthly yearly "
    "tbl table dim fact fct vw view raw master mst data dataset processed export extract"
)

IDENTIFIER_WORDS = word_set("id uid key sk pk fk uuid guid identifier ident ids rowid")
CODE_WORDS = word_set("code abbreviation abbr symbol acronym sku upc ean isbn iata icao iso")
NUMBER_WORDS = word_set("number")
NAME_WORDS = word_set("name title label fullname username")

NUMBERED_THINGS = word_set(
    "account phone telephone mobile fax room house flight invoice order serial section page track gate seat "
    "model part policy registration card license licence vehicle bed floor unit street building line row case "
    "employee customer student department course ticket bus train route platform tracking reference check "
    "contract batch lot apartment locker jersey shirt passport tax social item product po version chapter "
    "episode season volume issue badge member box plate tail stop step week month day quarter zip"
)
"""Things that bear a number: `room_number` names a room, whereas `citation_num` counts citations."""

AVERAGED_ALWAYS = word_set(
    "rate ratio percent percentage score rating age temperature latitude longitude gpa average mean median "
    "density bmi probability likelihood stars humidity pressure margin share grade mpg efficiency "
    "per expectancy capita speed velocity utilization utilisation occupancy yield index minimum maximum lowest highest"
)
AVERAGED_UNLESS_TOTAL = word_set(
    "price salary wage balance length height width depth weight elevation altitude duration distance "
    "tenure experience horsepower acceleration limit size runtime mileage radius thickness diameter stay "
    "delay latency target premium rent bpm pulse glucose cholesterol income stock inventory compensation"
)
TOTAL_WORDS = word_set(
    "total amount extended line net gross sum subtotal count quantity value paid spent sold"
)
COUNT_WORDS = word_set("count quantity number total amount sum likes views clicks visits orders units")

ORDINAL_WORDS = word_set(
    "level grade tier class rank position version floor series season round chapter stage generation priority "
    "ranking sequence step episode phase cluster group segment bucket quartile decile bracket ward district"
)
POSTAL_WORDS = word_set("zip zipcode postal postcode pincode")
PHONE_WORDS = word_set("phone telephone mobile fax cell phones")
FREE_TEXT_WORDS = word_set(
    "description comment comments note notes text body message abstract summary content bio biography remark "
    "remarks url homepage website link image photo picture avatar feedback details overview introduction "
    "synopsis plot instructions explanation narrative reason html json payload path password hash token "
    "password address email mail textbook tagline slogan quote lyrics caption"
)
SENSITIVE_WORDS = word_set(
    "email mail phone telephone mobile fax ssn passport iban password pwd secret token birth dob "
    "creditcard cvv pin"
)
FLAG_STARTS = word_set("is has had was were can should does did allow allows allowed needs requires will")
FLAG_WORDS = word_set(
    "flag indicator active inactive enabled disabled deleted verified approved completed paid returned cancelled "
    "canceled churned subscribed married insured smoker discharged shipped delivered available open closed "
    "official featured archived discontinued resolved passed attended present bool boolean yn survived won"
)
GENERIC_WORDS = word_set(
    "name title year type status date description note notes comment comments text time month day email phone "
    "address value amount total count price rating score active created updated gender sex age size color "
    "colour url homepage website kind state_flag label start end"
)
"""Columns so called describe whatever their table holds; two tables sharing one say nothing of a join."""

PLACE_AND_GROUP_WORDS = word_set(
    "city state country region county province continent district category segment market department division "
    "neighborhood neighbourhood town zone area location brand color genre language nationality currency role"
)
"""Attributes that many tables share; they join only where the other table is keyed by them."""

PERSON_WORDS = word_set(
    "employee staff person people user worker member personnel individual contact teacher faculty instructor"
)
PERSON_ROLE_WORDS = word_set(
    "manager supervisor boss representative agent lead leader head owner advisor adviser mentor assistant "
    "reviewer approver author creator editor assignee reporter salesperson coach director president captain "
    "chair handler operator seller buyer sender receiver recipient follower follower referrer sponsor "
    "secretary officer friend coordinator contact instructor teacher lecturer professor tutor trainer examiner "
    "physician surgeon nurse driver referee judge organizer organiser dean founder by created updated approved assigned sold reports"
)
SELF_ROLE_WORDS = word_set(
    "parent manager supervisor boss previous next reply root original related reports mentor referrer advisor "
    "predecessor successor prerequisite duplicate ancestor superior replaces spouse partner friend "
    "referred recommended invited recruited"
)

ENDPOINT_WORDS = word_set(
    "origin destination from to source target departure arrival dep arr depart arrive home away sender receiver "
    "recipient shipper consignee buyer seller payer payee start end first last pickup dropoff host visitor guest "
    "opponent winner loser base hub via transfer tgt"
)
"""Words that say in which part a row refers to another thing, mostly two of one table at once."""
GRADING_WORDS = word_set(
    "status type grade size class level gender sex color colour kind mode unit priority tier rank stage phase "
    "method version group rating severity condition result outcome flag score"
)
"""What a thing is graded or sorted by: short codes of their own that only by accident are keys elsewhere."""

CURRENCIES: dict[str, str] = {
    "usd": "USD", "dollar": "USD", "dollars": "USD", "eur": "EUR", "euro": "EUR", "euros": "EUR", "gbp": "GBP",
    "jpy": "JPY", "yen": "JPY", "cny": "CNY", "rmb": "CNY", "inr": "INR", "rupees": "INR", "chf": "CHF",
    "cad": "CAD", "aud": "AUD", "nzd": "NZD", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN",
    "brl": "BRL", "mxn": "MXN", "zar": "ZAR", "krw": "KRW", "sgd": "SGD", "hkd": "HKD", "try": "TRY",
}  # fmt: skip
UNITS: dict[str, str] = {
    "kg": "kg", "kgs": "kg", "kilogram": "kg", "kilograms": "kg", "gram": "g", "grams": "g", "mg": "mg",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "oz": "oz", "ton": "t", "tons": "t", "tonnes": "t",
    "km": "km", "kms": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km",
    "mile": "miles", "miles": "miles", "meter": "m", "meters": "m", "metre": "m", "metres": "m", "cm": "cm",
    "mm": "mm", "feet": "ft", "foot": "ft", "ft": "ft", "inch": "in", "inches": "in", "sqft": "sq ft",
    "sqm": "m²", "hectares": "ha", "acres": "acres", "sqkm": "km²", "litre": "l", "litres": "l", "liter": "l",
    "liters": "l", "ml": "ml", "gallons": "gal", "days": "days", "day": "days", "hours": "hours",
    "minutes": "minutes", "mins": "minutes", "seconds": "seconds", "secs": "seconds", "ms": "ms",
    "milliseconds": "ms", "weeks": "weeks", "months": "months", "years": "years", "celsius": "°C",
    "fahrenheit": "°F", "kwh": "kWh", "mwh": "MWh", "kw": "kW", "mw": "MW", "gb": "GB", "mb": "MB", "kb": "KB",
    "tb": "TB", "bytes": "bytes", "mph": "mph", "kmh": "km/h", "kph": "km/h", "mpg": "mpg", "bpm": "bpm",
    "mmhg": "mmHg", "calories": "kcal", "kcal": "kcal", "credits": "credits",
}  # fmt: skip
DURATION_WORDS = word_set(
    "duration time length delay runtime wait elapsed tenure stay lag lead age experience"
)

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT_MONTHS = tuple(month[:3] for month in MONTHS)
SHORT_WEEKDAYS = tuple(day[:3] for day in WEEKDAYS)

ORDER_LIKE = word_set(
    "order invoice receipt basket cart transaction sale purchase quote bill shipment claim booking requisition"
)
"""Things that have lines; a table where such a thing's id repeats holds its lines."""

EVENT_DATES = word_set(
    "transaction event sale sales purchase booking visit admission appointment payment invoice order review "
    "session posted reservation claim check checkin treatment call snapshot measurement reading "
    "observation incident loan rental test exam trade flight game match departure"
)
START_DATES = word_set(
    "created create creation start started begin began open opened registered registration signup joined join "
    "enrolled enrollment enrolment hire hired admitted submitted requested received published issued release "
    "released effective added founded"
)
LATE_DATES = word_set(
    "ship shipped shipping delivered delivery due end ended close closed updated update modified changed expiry "
    "expiration expires expired cancelled canceled returned return last finish finished completed resolved "
    "discharge discharged arrival leave left graduation termination terminated deleted paid approved"
)
BIRTH_WORDS = word_set("birth birthday birthdate died death")

VERBS = word_set(
    "write cite teach enroll border traverse manage own direct produce play study work visit buy sell supply "
    "treat prescribe advise supervise lead host act star publish review rate like follow live attend register "
    "assign join use contain serve operate depart arrive fly employ hire sponsor win lose participate perform "
    "compose sing edit translate belong make sign cover offer take earn speak report found invent "
    "develop design build drive ride pay receive send rent borrow lend subscribe cancel return admit diagnose "
    "examine compete coach train represent sail race swim watch read mentor refer purchase cross cast create "
    "approve handle deliver ship undergo stay nominate award endorse influence"
)
IRREGULAR_VERBS: dict[str, str] = {
    "written": "write", "wrote": "write", "made": "make", "taught": "teach", "bought": "buy", "sold": "sell",
    "led": "lead", "sung": "sing", "taken": "take", "spoken": "speak", "built": "build", "driven": "drive",
    "ridden": "ride", "paid": "pay", "sent": "send", "rented": "rent", "lent": "lend", "won": "win",
    "lost": "lose", "founded": "found", "flown": "fly", "worn": "wear", "swum": "swim", "read": "read",
    "studied": "study", "cast": "cast", "underwent": "undergo",
}  # fmt: skip

GEOGRAPHY_LEVELS: tuple[frozenset[str], ...] = (
    word_set("neighborhood neighbourhood suburb"),
    word_set("city town municipality"),
    word_set("county district"),
    word_set("state province"),
    word_set("country nation"),
    word_set("region territory"),
    word_set("continent market"),
)
"""Fine to coarse. A region may lie below or above a country: the data decide."""
PRODUCT_LEVELS: tuple[frozenset[str], ...] = (
    word_set("product item"),
    word_set("subcategory"),
    word_set("category"),
    word_set("family line group"),
    word_set("department division"),
)
ORGANISATION_LEVELS: tuple[frozenset[str], ...] = (
    word_set("team"),
    word_set("department"),
    word_set("division unit"),
    word_set("college faculty school company"),
)

NOUNS = word_set(
    "account address admission advisor age agent aircraft airline airport album amount animal appointment area "
    "artist author award balance bank base birth birthday board book booking branch brand budget building bus "
    "business campaign capacity car card case category channel city claim class client code comment company "
    "condition conference contact content contract copy cost count country county coupon course credit "
    "currency customer data database dataset date datetime day dealer department deposit description "
    "destination diagnosis director discount distance district division doctor document dog domain donation "
    "driver duration education email employee employer end enrollment entry event exam expense experience "
    "facility faculty fare fee field file film first flight full game gender genre grade group guest head "
    "height history holiday home hospital host hotel hour house income insurance instructor interest inventory "
    "invoice issue item job journal key keyword language last length level library license line link loan "
    "location log major manager manufacturer market match medicine member menu merchant message method middle "
    "mode model month movie museum name nation number nurse object offer office officer order organization "
    "origin owner page paper parent park part passenger patient payment percent percentage person pet phone "
    "physician picture place plan planet plant platform player point policy population position post postal "
    "prescription price priority problem procedure product professor profile profit program project property "
    "province publication publisher purchase quantity quarter question race rank rate rating reason "
    "receipt record region registration relationship rental report request research resident restaurant "
    "result return revenue review role room route salary sale sales schedule school score season seat section "
    "segment semester seller sender service session ship shipment shipping shop singer size song source "
    "sport staff stadium staff start state station status stock stop store street student sub subject "
    "subscription supplier support table tag target tax teacher team term test text theater ticket time "
    "timestamp title topic total tour track trade train transaction treatment trip truck type unit university "
    "update user value vehicle vendor venue version video visit warehouse week weight worker year zip "
    "author citing cited citation reference account gross net open high low close volume symbol ticker "
    "valid invalid retail extended homepage textbook classroom username zone site server device url user login sign fire fly work flow web mail"
)
"""Common words of headers written in one piece ("orderdate"), for taking them apart."""

THINGS = word_set(
    "customer client buyer seller product item supplier vendor employee salesperson patient doctor student teacher "
    "instructor driver player team store shop branch user member guest passenger project campaign agent account "
    "warehouse school hospital hotel restaurant merchant dealer donor donator river"
)
"""Nouns that a wide table may hold under the bare noun ("customer") and people count as things."""

ROLE_OF_TABLE: dict[str, str] = {
    "capital": "city", "hometown": "city", "birthplace": "city", "headquarters": "city", "headquarter": "city",
    "origin": "city", "destination": "city", "nationality": "country", "citizenship": "country",
    "head": "employee", "author": "user",
}  # fmt: skip
"""Columns that name a thing of another table by its role there."""

VERB_OBJECTS: dict[str, frozenset[str]] = {
    "cite": word_set("publication paper article document patent case"),
    "follow": word_set("user person member account profile"),
    "like": word_set("user person member student highschooler"),
    "friend": word_set("user person member student highschooler"),
    "border": word_set("state country county province region"),
}
"""What a table that is named by a verb and refers twice to one table most likely connects."""
