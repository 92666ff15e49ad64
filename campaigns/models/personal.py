"""Which columns about suggestions and campaigns are personal: see `crm.privacy`."""

from crm.privacy import RELATION, SERVE, Erase, harmless, personal

personal(
    "campaigns.Suggestion", "known_need benefit_ja benefit_en", purpose=SERVE, retention=RELATION, erase=Erase.WORDS
)
personal("campaigns.Suggestion", "reasons factors", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("campaigns.Decision", "factors", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("campaigns.Response", "note", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("campaigns.Proposal", "note", purpose=SERVE, retention=RELATION, erase=Erase.WORDS)
personal("campaigns.Feedback", "words words_en", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
personal("campaigns.Receipt", "note", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
personal("campaigns.Theme", "title_ja title_en answer", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)

harmless("campaigns.Offer", "name_ja name_en code terms_ja terms_en")
harmless("campaigns.Campaign", "name_ja name_en")
harmless("campaigns.CampaignRevision", "why_ja why_en customer_benefit_ja customer_benefit_en rep_benefit_ja")
harmless("campaigns.CampaignRevision", "rep_benefit_en steps_ja steps_en audience opening_ja opening_en fall_out")
harmless("campaigns.CampaignRevision", "change_note_ja change_note_en")
harmless("campaigns.Target", "stratum")
harmless("campaigns.ArmMembership", "experiment method")
harmless("campaigns.PolicySet", "reason")
harmless("campaigns.PolicyRule", "code scope_key thresholds")
harmless("campaigns.DecisionRun", "model_version model_notes")
harmless("campaigns.Suggestion", "action_key trigger period withdrawn_rule")
harmless("campaigns.Decision", "action_key source stopped_at rule arm")
harmless("campaigns.Response", "reason")

personal("campaigns.Question", "words", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
personal("campaigns.Answer", "words", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
personal("campaigns.Change", "note_ja note_en", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
personal("campaigns.Play", "title_ja title_en body_ja body_en", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)

harmless("campaigns.CampaignRevision", "evidence questions_ja questions_en pause_rule lesson_ja lesson_en")
harmless("campaigns.Variant", "letter name_ja name_en opening_ja opening_en")
harmless("campaigns.DayFigure", "code part")
harmless("campaigns.Segment", "name_ja name_en about_ja about_en conditions")
harmless("campaigns.Remark", "step field words")
harmless("campaigns.Look", "verdict")
harmless("campaigns.Judgement", "note")
harmless("campaigns.Play", "trigger")
harmless("campaigns.TrainingItem", "body_ja body_en link")
harmless("campaigns.TrainingQuestion", "words_ja words_en choices_ja choices_en")
harmless("campaigns.GuardState", "rule")
harmless("campaigns.GuardDay", "edition")
personal("campaigns.CallRound", "query", purpose=SERVE, retention=RELATION, erase=Erase.TRACES)
harmless("campaigns.CallRound", "ids")
harmless("campaigns.CallStep", "place")
