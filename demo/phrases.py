"""What customers and reps say, in both languages, as people really say it."""

from __future__ import annotations

# topic -> what the customer said
NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "storage": (
        ("写真が増えて、毎週だれかが消している", "Photos pile up and somebody deletes some every week"),
        ("図面を残したいのに置き場所がない", "We want to keep drawings but have nowhere to put them"),
        ("年末の締めで容量が足りなくなりそう", "We may run out of space at year-end closing"),
        ("検査記録を 5年分残すよう言われた", "We were told to keep five years of inspection records"),
        ("容量の警告が出ると現場の手が止まる", "Work stops whenever the storage warning appears"),
        ("動画のマニュアルを置く場所がほしい", "We need room for video manuals"),
        ("古い見積書を消していいか判断できない", "Nobody can say which old quotes may be deleted"),
        ("共有フォルダがいつも満杯で探しにくい", "The shared folder is always full and hard to search"),
    ),
    "sharing": (
        ("拠点間で大きなファイルを送れない", "We cannot send large files between sites"),
        (
            "支店ごとに別のやり方で、最新版がわからない",
            "Every branch works its own way; nobody knows the newest version",
        ),
        ("添付が届かず、結局 USB を郵送している", "Attachments bounce, so we post USB sticks"),
        ("工場と本社で同じ図面を見て話したい", "The plant and head office should look at one drawing"),
        ("取引先に見せる範囲を分けたい", "We want to choose what each client may see"),
        ("新しい支店にも同じ書類を見せたい", "The new branch should see the same papers"),
    ),
    "cost": (
        ("来期に向けて費用を見直したい", "We want to review costs for next year"),
        ("使っていない機能に払っている気がする", "It feels as if we pay for features nobody uses"),
        ("人が減ったので契約も見直したい", "We have fewer people now and want to review the contract"),
        ("値上げが続き、固定費を抑えるよう言われている", "Prices keep rising and we are told to cut fixed costs"),
    ),
    "seats": (
        ("春に入る人の席が足りない", "There are not enough seats for people joining in spring"),
        ("派遣の方にも予定表を見せたい", "Temporary staff should see the calendar too"),
        ("1つの ID を 2人で使っていて不便", "Two people share one login, which is awkward"),
        ("新しい事業所の分も用意したい", "We want seats for the new office too"),
    ),
    "rooms": (
        ("新しい建物に会議室が 2つできる", "The new building will have two meeting rooms"),
        ("会議室の予約がよく重なる", "Room bookings often clash"),
        ("遠隔会議のたびに配線でもたつく", "Every remote meeting starts with cables"),
        ("会議室が空いているか、行かないとわからない", "You have to walk there to see whether a room is free"),
    ),
    "audit": (
        ("取引先から操作の証跡を求められた", "A client asked for evidence of who did what"),
        ("だれが図面を開いたか残したい", "We want a record of who opened a drawing"),
        ("監査の資料づくりに毎年 2週間かかる", "Preparing for the audit takes two weeks every year"),
        ("退職者の操作を後から確かめたい", "We need to check later what a leaver did"),
    ),
    "support": (
        ("夜間に問い合わせ先がない", "Nobody answers at night"),
        ("電話で聞ける相手がいると助かる", "It would help to have somebody to call"),
        ("担当が異動して、設定がわかる人がいない", "The person who knew the settings has moved"),
        ("土曜に止まると月曜まで待つしかない", "If it stops on Saturday we wait until Monday"),
    ),
    "reception": (
        ("昼休みの来客に気づけない", "We miss visitors at lunchtime"),
        ("受付の人手が足りない", "We are short of people at reception"),
        ("来客の記録を紙で書いている", "Visitors are still written down on paper"),
    ),
    "approval": (
        ("承認者が出張すると申請が止まる", "Requests stop when the approver travels"),
        ("紙の稟議が月に 200枚ある", "We pass 200 paper requests a month"),
        ("だれの所で止まっているかわからない", "Nobody knows where a request is waiting"),
    ),
    "mobile": (
        ("現場から写真をすぐ送りたい", "We want to send photos straight from the site"),
        ("外出先で予定を直せると助かる", "It would help to change appointments on the road"),
    ),
    "training": (
        ("部署によって使い方に差がある", "Some departments use it much less than others"),
        ("新人に毎年同じ説明をしている", "We explain the same thing to new people every year"),
    ),
    "speed": (
        ("朝いちばんの表示が重い", "It is slow first thing in the morning"),
        ("管理画面が重く、作業が進まない", "The admin screen is slow and work does not move"),
    ),
}

SOLUTIONS: dict[str, tuple[str, str]] = {
    "storage": ("容量を追加して解決", "Solved with more storage"),
    "sharing": ("共有設定を見直して解決", "Solved by changing the sharing rules"),
    "cost": ("契約を見直して解決", "Solved by changing the contract"),
    "seats": ("席数を追加して解決", "Solved with more seats"),
    "rooms": ("ルーム端末で解決", "Solved with room devices"),
    "audit": ("監査ログで解決", "Solved with the audit log"),
    "support": ("有人サポートで解決", "Solved with live support"),
    "reception": ("受付端末で解決", "Solved with a reception device"),
    "approval": ("承認の順番を変えて解決", "Solved by changing the approval steps"),
    "mobile": ("電話用アプリの設定で解決", "Solved by setting up the phone app"),
    "training": ("研修で解決", "Solved with training"),
    "speed": ("設定の見直しで解決", "Solved by changing settings"),
}

CASES = {
    "complaint": (
        ("請求書の金額が見積と違う", "The invoice differs from the quote"),
        ("約束の日に返事が来なかった", "No answer came on the promised day"),
        ("更新の案内が届くのが遅い", "The renewal notice came late"),
        ("端末の設置が予定より遅れた", "The device was installed later than planned"),
    ),
    "question": (
        ("共有フォルダの権限の変え方を知りたい", "How to change rights on a shared folder"),
        ("退職者のデータの移し方を知りたい", "How to move the data of a leaver"),
        ("月次の集計が合わない", "The monthly totals do not match"),
        ("電話用アプリに入れない", "Cannot sign in to the phone app"),
        ("予定表に祝日を入れたい", "How to add holidays to the calendar"),
    ),
    "outage": (
        ("夜間に通信が切れる", "The connection drops at night"),
        ("朝の時間帯に画面が開かない", "Screens do not open in the morning"),
        ("ルーム端末が再起動を繰り返す", "The room device keeps restarting"),
    ),
}

NPS_COMMENTS = {
    "promoter": (
        ("困ったとき、すぐ返事をくれるのが助かります", "You answer quickly when we are stuck; that helps"),
        ("若い人もすぐ使えるようになりました", "Even new people could use it at once"),
        ("こちらの事情をわかった上で話してくれます", "You talk to us knowing how we work"),
        ("拠点が離れていても同じ書類で話せます", "Sites far apart can talk over the same papers"),
        ("毎日使っていて、止まったことがありません", "We use it every day and it has never stopped"),
    ),
    "passive": (
        ("機能には満足していますが、まだ使い切れていません", "The features are fine, but we do not use them all yet"),
        ("よいと思います。もう少し安いと助かります", "Good. A little cheaper would help"),
        ("必要なことはできています", "It does what we need"),
        ("問い合わせの返事がもう少し早いとうれしいです", "Slightly faster answers would be welcome"),
    ),
    "detractor": (
        ("容量の警告が続き、仕事が止まりました", "Storage warnings kept stopping our work"),
        ("管理画面が重く、朝の受付に間に合いません", "The admin screen is too slow for the morning desk"),
        ("困っているときに別の商品の案内が来ました", "While we were in trouble we were offered another product"),
        ("問い合わせの返事に 3日かかりました", "An answer took three days"),
        ("値上げの説明が足りませんでした", "The price increase was not explained"),
    ),
}

TALKS = {
    "positive": (
        "{topic}の件でお話。前向きに聞いていただけた。次回は部長も同席",
        "近況を伺った。{topic}に関心あり。資料を送ることになった",
        "担当の方とお話。最近の使い方に満足とのこと",
        "更新の時期を確認。早めに相談したいとのお話",
        "定例の訪問。困りごとを伺い、持ち帰って調べることにした",
    ),
    "neutral": (
        "近況の確認。特に困りごとはないとのこと",
        "担当の方は会議中。要件だけお伝えした",
        "{topic}の話は来月あらためて",
        "繁忙期のため短めにお話。年明けに改めて連絡",
    ),
    "upset": (
        "問い合わせの返事が遅いとのご指摘。お詫びし、社内で確認",
        "ご不満を伺った。対応の予定を明日までにお返事",
        "案内が多いとのお話。しばらく控える",
    ),
}
ABSENT = ("ご不在。伝言をお願いした", "会議中のため折り返しをお願いした", "留守。夕方にかけ直す")

FOLLOW_UPS = (
    ("call", "先日の困りごとのその後を伺う", "Ask how the problem went"),
    ("mail", "比較資料の送付", "Send the comparison sheet"),
    ("visit", "更新前のヒアリング", "Visit before renewal"),
    ("call", "見積の説明", "Explain the quote"),
    ("mail", "お礼と次回の候補日", "Thank them and suggest dates"),
)
