"""Which columns about customers are personal: see `crm.privacy`."""

from crm.privacy import (
    IDENTIFY,
    PROVE,
    REACH,
    RELATION,
    SERVE,
    TAKE_OVER,
    THIRTY_DAYS,
    TRAIL,
    WORK,
    Erase,
    harmless,
    personal,
)

personal("accounts.Account", "name matching_key", purpose=IDENTIFY, retention=RELATION, erase=Erase.NAME)
personal("accounts.Account", "name_en reading external_id", purpose=IDENTIFY, retention=RELATION, erase=Erase.CLEAR)
personal("accounts.Account", "corporate_number", purpose=IDENTIFY, retention=RELATION, erase=Erase.CLEAR)
personal("accounts.Account", "city city_en address phone domain", purpose=REACH, retention=RELATION, erase=Erase.CLEAR)
personal("accounts.Account", "custom", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)

personal("accounts.Contact", "name", purpose=IDENTIFY, retention=RELATION, erase=Erase.NAME)
personal("accounts.Contact", "name_en reading external_id", purpose=IDENTIFY, retention=RELATION, erase=Erase.CLEAR)
personal("accounts.Contact", "department department_en title", purpose=IDENTIFY, retention=RELATION, erase=Erase.CLEAR)
personal("accounts.Contact", "email phone", purpose=REACH, retention=RELATION, erase=Erase.CLEAR)
personal("accounts.Contact", "wishes wishes_en custom", purpose=SERVE, retention=RELATION, erase=Erase.CLEAR)

personal("accounts.Consent", "proof", purpose=PROVE, retention=TRAIL, erase=Erase.WORDS)
personal("accounts.AccountFile", "file", purpose=SERVE, retention=RELATION, erase=Erase.FILE)
personal("accounts.AccountFile", "name sha256", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)

personal("accounts.Activity", "note custom", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.FollowUp", "text text_en", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.Need", "words words_en", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.Need", "solution solution_en custom", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.Case", "subject subject_en details", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.Case", "solution custom", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.Case", "external_id", purpose=SERVE, retention=RELATION, erase=Erase.KEEP)
personal("accounts.NpsResponse", "comment comment_en", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.NpsResponse", "external_id", purpose=SERVE, retention=RELATION, erase=Erase.KEEP)
personal("accounts.Subscription", "custom", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("accounts.PrivacyRequest", "note", purpose=PROVE, retention=TRAIL, erase=Erase.WORDS)

personal("accounts.AccountFigures", "reading city", purpose=SERVE, retention=RELATION, erase=Erase.FOLLOW)
personal("accounts.AccountWords", "words", purpose=SERVE, retention=RELATION, erase=Erase.FOLLOW)
personal("accounts.Merge", "before", purpose=TAKE_OVER, retention=THIRTY_DAYS, erase=Erase.WORDS)
personal("accounts.DuplicatePair", "reasons", purpose=TAKE_OVER, retention=RELATION, erase=Erase.TRACES)
personal("accounts.ImportBatch", "file", purpose=TAKE_OVER, retention=THIRTY_DAYS, erase=Erase.FILE)
personal("accounts.ImportBatch", "file_name fixes", purpose=TAKE_OVER, retention=THIRTY_DAYS, erase=Erase.TRACES)
personal("accounts.ImportProblem", "figures cells", purpose=TAKE_OVER, retention=THIRTY_DAYS, erase=Erase.TRACES)
personal("accounts.ImportChange", "before after", purpose=TAKE_OVER, retention=THIRTY_DAYS, erase=Erase.TRACES)
personal("accounts.BulkEdit", "query values", purpose=TAKE_OVER, retention=THIRTY_DAYS, erase=Erase.TRACES)
personal("accounts.CalendarFeed", "token_hash", purpose=WORK, retention=RELATION, erase=Erase.KEEP)

harmless("accounts.Industry", "name_ja name_en code")
harmless("accounts.Tag", "name")
harmless("accounts.DuplicateSearch", "key")
harmless("accounts.FiguresDue", "part")
harmless("accounts.Consent", "source")
harmless("accounts.AccountFile", "content_type")
harmless("accounts.Touch", "source")
harmless("accounts.ProductFamily", "name_ja name_en code department")
harmless("accounts.Topic", "name_ja name_en code")
harmless("accounts.Tier", "name_ja name_en")
harmless("accounts.Meter", "name_ja name_en code unit")
harmless("accounts.Product", "name_ja name_en code")
harmless("accounts.ProductFeature", "text_ja text_en")
harmless("accounts.UpgradePath", "key benefit_ja benefit_en disclosure_ja disclosure_en opening_ja opening_en")
harmless("accounts.Subscription", "external_id end_reason")
harmless("accounts.Order", "external_id currency")
harmless("accounts.ScoreRun", "rules_version")
harmless("accounts.ScoreSnapshot", "ltv_sources loyalty_parts health_parts")
harmless("accounts.Merge", "moved")
harmless("accounts.ImportBatch", "layout encoding sheet headers mapping options counts")
harmless("accounts.ImportProblem", "column code")
harmless("accounts.ImportChange", "table")
harmless("accounts.BulkEdit", "ids list_key")
harmless("accounts.BulkChange", "before")
harmless("accounts.ImportMapping", "layout name headers mapping")
harmless("accounts.PrivacyRequest", "outcome")
