"""Pairs of records made from how records go wrong, written without regard to how they are compared.

Every pair starts as one real firm or person (or two), and a recipe says what happened to it: which hand slipped, what a
card reader, an export or a move did. The recipe knows the truth, so the label is fixed before anything is compared.

Two sets come out: `worked()` from the recipes `SAME` and `OTHER`, which the rules may be mended by, and `aside()` from other
recipes, other names and other seeds, which only reports.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.accounts.matching.labelled import Labelled

T = TypeVar("T")


@dataclass(frozen=True)
class Side:
    name: str
    name_en: str = ""
    reading: str = ""
    corporate_number: str = ""
    phone: str = ""
    domain: str = ""
    city: str = ""
    address: str = ""
    kind: str = "company"


@dataclass(frozen=True)
class Town:
    name: str
    prefecture: str
    areas: str
    code: str
    quarters: tuple[str, ...]


@dataclass(frozen=True)
class Stock:
    """Words to make firms and people of: kanji, kana, romaji."""

    houses: tuple[tuple[str, str, str], ...]
    trades: tuple[tuple[str, str, str], ...]
    families: tuple[tuple[str, str, str], ...]
    given: tuple[tuple[str, str, str], ...]
    towns: tuple[Town, ...]


WORKED = Stock(
    houses=(
        ("宮本", "みやもと", "Miyamoto"),
        ("高橋", "たかはし", "Takahashi"),
        ("富士見", "ふじみ", "Fujimi"),
        ("大和", "やまと", "Yamato"),
        ("三葉", "みつば", "Mitsuba"),
        ("浜崎", "はまさき", "Hamasaki"),
        ("桜井", "さくらい", "Sakurai"),
        ("広瀬", "ひろせ", "Hirose"),
        ("斎藤", "さいとう", "Saito"),
        ("北斗", "ほくと", "Hokuto"),
        ("丸福", "まるふく", "Marufuku"),
        ("中島", "なかじま", "Nakajima"),
        ("関西", "かんさい", "Kansai"),
        ("寿", "ことぶき", "Kotobuki"),
        ("渡辺", "わたなべ", "Watanabe"),
        ("光洋", "こうよう", "Koyo"),
    ),
    trades=(
        ("精密工業", "せいみつこうぎょう", "Seimitsu Kogyo"),
        ("食品", "しょくひん", "Shokuhin"),
        ("製作所", "せいさくしょ", "Seisakusho"),
        ("運輸", "うんゆ", "Unyu"),
        ("印刷", "いんさつ", "Insatsu"),
        ("建設", "けんせつ", "Kensetsu"),
        ("電機", "でんき", "Denki"),
        ("システム", "しすてむ", "System"),
        ("商事", "しょうじ", "Shoji"),
        ("不動産", "ふどうさん", "Fudosan"),
        ("クリニック", "くりにっく", "Clinic"),
        ("サービス", "さーびす", "Service"),
    ),
    families=(
        ("高橋", "たかはし", "Takahashi"),
        ("斎藤", "さいとう", "Saito"),
        ("山崎", "やまざき", "Yamazaki"),
        ("渡辺", "わたなべ", "Watanabe"),
        ("広沢", "ひろさわ", "Hirosawa"),
        ("小島", "こじま", "Kojima"),
    ),
    given=(
        ("健太", "けんた", "Kenta"),
        ("美咲", "みさき", "Misaki"),
        ("浩二", "こうじ", "Koji"),
        ("恵子", "けいこ", "Keiko"),
        ("真由美", "まゆみ", "Mayumi"),
        ("隆", "たかし", "Takashi"),
    ),
    towns=(
        Town("大阪市北区", "大阪府", "06", "6345", ("梅田", "曾根崎新地", "堂島浜")),
        Town("名古屋市中区", "愛知県", "052", "231", ("錦", "栄", "丸の内")),
        Town("札幌市中央区", "北海道", "011", "222", ("大通西", "北一条西")),
        Town("福岡市博多区", "福岡県", "092", "441", ("博多駅前", "住吉")),
        Town("千代田区", "東京都", "03", "5216", ("神田錦町", "九段南", "麹町")),
        Town("金沢市", "石川県", "076", "263", ("香林坊", "広岡")),
    ),
)

ASIDE = Stock(
    houses=(
        ("榎本", "えのもと", "Enomoto"),
        ("日乃出", "ひので", "Hinode"),
        ("若葉台", "わかばだい", "Wakabadai"),
        ("松濤", "しょうとう", "Shoto"),
        ("鶴亀", "つるかめ", "Tsurukame"),
        ("五十嵐", "いがらし", "Igarashi"),
        ("瑞穂野", "みずほの", "Mizuhono"),
        ("天神川", "てんじんがわ", "Tenjingawa"),
        ("滝沢", "たきざわ", "Takizawa"),
        ("駒沢", "こまざわ", "Komazawa"),
    ),
    trades=(
        ("薬品", "やくひん", "Yakuhin"),
        ("木材", "もくざい", "Mokuzai"),
        ("鉄工所", "てっこうしょ", "Tekkosho"),
        ("観光", "かんこう", "Kanko"),
        ("デザイン", "でざいん", "Design"),
        ("ホーム", "ほーむ", "Home"),
        ("紙業", "しぎょう", "Shigyo"),
        ("水産", "すいさん", "Suisan"),
    ),
    families=(
        ("五十嵐", "いがらし", "Igarashi"),
        ("滝沢", "たきざわ", "Takizawa"),
        ("長谷川", "はせがわ", "Hasegawa"),
        ("竹内", "たけうち", "Takeuchi"),
    ),
    given=(
        ("陽一", "よういち", "Yoichi"),
        ("千尋", "ちひろ", "Chihiro"),
        ("直樹", "なおき", "Naoki"),
        ("和子", "かずこ", "Kazuko"),
        ("圭", "けい", "Kei"),
    ),
    towns=(
        Town("広島市中区", "広島県", "082", "247", ("紙屋町", "袋町")),
        Town("新潟市中央区", "新潟県", "025", "245", ("万代", "東大通")),
        Town("浜松市中央区", "静岡県", "053", "454", ("板屋町", "鍛冶町")),
        Town("横浜市西区", "神奈川県", "045", "312", ("南幸", "高島")),
    ),
)

FRONT = ("株式会社", "有限会社", "合同会社")
BACK = ("株式会社", "㈱", "(株)", "（株）", " (株)")
OLD = dict(zip("高崎斎辺沢浜島広真桜寿渡滝駒恵", "髙﨑齋邉澤濵嶋廣眞櫻壽渡瀧駒惠", strict=True))
LIKE_SOUND = {"製作": "制作", "工業": "興業", "運輸": "運油", "電機": "電気", "不動産": "不動さん", "建設": "建説"}
FREEMAIL = ("gmail.com", "yahoo.co.jp", "icloud.com", "docomo.ne.jp", "outlook.jp")


class Dice:
    """One seed, one pair: what happens to it is drawn here and nowhere else."""

    def __init__(self, stock: Stock, seed: int) -> None:
        self.stock = stock
        self.rng = random.Random(seed)

    def one(self, of: tuple[T, ...] | list[T]) -> T:
        return of[self.rng.randrange(len(of))]

    def two(self, of: tuple[T, ...]) -> tuple[T, T]:
        one = self.rng.randrange(len(of))
        return of[one], of[(one + 1 + self.rng.randrange(len(of) - 1)) % len(of)]

    def digits(self, count: int) -> str:
        return "".join(str(self.rng.randrange(10)) for _ in range(count))

    def phone(self, town: Town) -> str:
        return f"{town.areas}-{town.code}-{self.digits(4)}"

    def mobile(self) -> str:
        return f"0{self.one(('9', '8'))}0-{self.digits(4)}-{self.digits(4)}"

    def street(self, town: Town) -> str:
        return f"{self.one(town.quarters)}{self.rng.randint(1, 4)}-{self.rng.randint(1, 28)}-{self.rng.randint(1, 30)}"

    def number(self) -> str:
        return checked(str(self.rng.randint(1, 9)) + self.digits(11))

    def at(self, side: Side, town: Town) -> Side:
        return replace(side, city=town.name, address=self.street(town), phone=self.phone(town))

    def firm(self, house: int | None = None, trade: int | None = None) -> Side:
        """A firm without its legal form."""
        name = self.one(self.stock.houses) if house is None else self.stock.houses[house % len(self.stock.houses)]
        work = self.one(self.stock.trades) if trade is None else self.stock.trades[trade % len(self.stock.trades)]
        firm = Side(
            name=name[0] + work[0],
            reading=name[1] + work[1],
            name_en=f"{name[2]} {work[2]}",
            corporate_number=self.number(),
            domain=f"{name[2]}-{work[2].split()[0]}.co.jp".lower(),
        )
        return self.at(firm, self.one(self.stock.towns))

    def person(self, family: tuple[str, str, str] | None = None, given: tuple[str, str, str] | None = None) -> Side:
        last, first = family or self.one(self.stock.families), given or self.one(self.stock.given)
        person = Side(
            name=f"{last[0]} {first[0]}",
            reading=f"{last[1]} {first[1]}",
            name_en=f"{first[2]} {last[2]}",
            domain=self.one(FREEMAIL),
            kind="person",
        )
        return replace(self.at(person, self.one(self.stock.towns)), phone=self.mobile())

    def signed(self, side: Side) -> Side:
        return replace(side, name="株式会社" + side.name)

    def forgets(self, side: Side, *fields: str, share: float = 0.5) -> Side:
        """What is often not filled in: each of these fields is left empty with this chance."""
        return replace(side, **{name: "" for name in fields if self.rng.random() < share})


Sides = tuple[Side, Side]
Recipe = Callable[[Dice], Sides]


def checked(twelve: str) -> str:
    """A corporate number with its check digit in front."""
    weighed = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(twelve)))
    return str(9 - weighed % 9) + twelve


def katakana(text: str) -> str:
    return "".join(chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign for sign in text)


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def kanji_digits(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


def other_than(town: Town, dice: Dice) -> Town:
    return dice.one([one for one in dice.stock.towns if one != town])


def town_of(side: Side, dice: Dice) -> Town:
    return next(town for town in dice.stock.towns if town.name == side.city)


def moved(side: Side, dice: Dice) -> Side:
    return dice.at(side, other_than(town_of(side, dice), dice))


def elsewhere(side: Side, dice: Dice, **changed: str) -> Side:
    """Another firm: own number, own place, own domain, its name as given."""
    other = replace(side, corporate_number=dice.number(), domain=f"{dice.digits(5)}-{side.domain}")
    return replace(moved(other, dice), **changed)


def bare(side: Side) -> Side:
    """Typed in a hurry: no reading, no English name, no number."""
    return replace(side, reading="", name_en="", corporate_number="")


# --- the same, gone wrong -----------------------------------------------------------------------------------------------


def typing_slip(dice: Dice) -> Sides:
    """Two signs swapped, one lost or one doubled; the phone was right."""
    firm = dice.firm()
    at = dice.rng.randrange(1, len(firm.name) - 1)
    slipped = dice.one(
        [
            firm.name[:at] + firm.name[at + 1] + firm.name[at] + firm.name[at + 2 :],
            firm.name[:at] + firm.name[at + 1 :],
            firm.name[:at] + firm.name[at] + firm.name[at:],
        ]
    )
    return dice.signed(firm), dice.forgets(
        replace(bare(dice.signed(firm)), name="株式会社" + slipped), "domain", "address"
    )


def in_kana(dice: Dice) -> Sides:
    """Taken down by phone, so nobody knew the signs."""
    firm = dice.firm()
    heard = dice.one([firm.reading, katakana(firm.reading)])
    return dice.signed(firm), dice.forgets(replace(bare(firm), name=heard), "domain", "address", share=0.6)


def in_romaji(dice: Dice) -> Sides:
    """A mail in English, with the address of the site."""
    firm = dice.firm()
    known = replace(dice.signed(firm), name_en=dice.one([firm.name_en, ""]))
    return known, replace(
        Side(name=firm.name_en + dice.one([" Co., Ltd.", " Inc.", " K.K.", ""])), domain=firm.domain, phone=firm.phone
    )


def old_signs(dice: Dice) -> Sides:
    """髙 for 高, 﨑 for 崎: as the register writes it."""
    house = [index for index, one in enumerate(dice.stock.houses) if set(one[0]) & set(OLD) - {"渡"}]
    firm = dice.firm(house=dice.one(house))
    old = replace(firm, name="".join(OLD.get(sign, sign) for sign in firm.name))
    return dice.signed(firm), dice.forgets(bare(dice.signed(old)), "domain", "phone")


def legal_form(dice: Dice) -> Sides:
    """In front, behind, cut short, or not at all."""
    firm = dice.firm()
    other = dice.one(
        [f"{firm.name}{back}" for back in BACK] + [f"㈱{firm.name}", f"(株) {firm.name}", firm.name, f"ｶ){firm.name}"]
    )
    return dice.signed(firm), dice.forgets(replace(bare(firm), name=other), "domain", "phone")


def moved_office(dice: Dice) -> Sides:
    """New rooms in another town and a new phone; the domain went along."""
    firm = dice.firm()
    return dice.signed(firm), replace(moved(dice.signed(firm), dice), corporate_number="", name_en="")


def slip_in_number(dice: Dice) -> Sides:
    """One digit of the corporate number typed wrongly, or two swapped."""
    firm = dice.signed(dice.firm())
    at = dice.rng.randrange(1, 11)
    number = firm.corporate_number
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    wrong = number[:at] + str((int(number[at]) + 1 + dice.rng.randrange(8)) % 10) + number[at + 1 :]
    typed = dice.one([swapped, wrong])
    return firm, dice.forgets(
        replace(firm, corporate_number=wrong if typed == number else typed, name_en=""), "phone", "domain", "reading"
    )


def renamed(dice: Dice) -> Sides:
    """A new name on the same doors: same number in the register, same rooms, same phone."""
    firm, new = dice.firm(), dice.firm()
    while new.name == firm.name:
        new = dice.firm()
    after = replace(firm, name="株式会社" + new.name, reading=new.reading, name_en=new.name_en, domain=new.domain)
    return dice.signed(firm), dice.forgets(after, "phone", "reading", share=0.3)


def trade_name(dice: Dice) -> Sides:
    """Known by its brand: the register says one thing, the site and the sign another."""
    firm = dice.firm()
    brand = dice.one(
        [firm.name_en.split()[0].upper(), firm.name_en.replace(" ", ""), katakana(firm.reading[:4]) + "ラボ"]
    )
    return replace(dice.signed(firm), name_en=brand), replace(
        bare(firm), name=brand, address=dice.one([firm.address, ""])
    )


def width_and_dots(dice: Dice) -> Sides:
    firm = dice.firm()
    known = replace(firm, name=f"{firm.name_en.split()[0]}{firm.name[-2:]}")
    shouted = dice.one(
        [
            full_width(known.name),
            known.name.upper(),
            f"{known.name[:-2]}・{known.name[-2:]}",
            f"{known.name[:-2]} {known.name[-2:]}",
        ]
    )
    return dice.signed(known), dice.forgets(
        replace(bare(dice.signed(known)), name="株式会社 " + shouted), "phone", "domain"
    )


def with_department(dice: Dice) -> Sides:
    """The department or a polite word stands in the field of the name."""
    firm = dice.firm()
    tail = dice.one([" 営業部", "　総務部", " 御中", " 情報システム部", "（経理ご担当）"])
    return dice.signed(firm), dice.forgets(
        replace(bare(firm), name="株式会社" + firm.name + tail), "domain", "address", share=0.4
    )


def noisy_phone(dice: Dice) -> Sides:
    """The phone as people write it, the name with a lost sign."""
    firm = dice.firm()
    digits = firm.phone
    noisy = dice.one(
        [
            f"+81-{digits[1:]}",
            full_width(digits),
            digits.replace("-", ""),
            f"({digits.replace('-', ')', 1)}",
            f"{digits}（内線12）",
            f"TEL {digits}",
        ]
    )
    return dice.signed(firm), replace(bare(firm), name=firm.name[:-1], phone=noisy, domain="", address="")


def same_person(dice: Dice) -> Sides:
    """A person twice: with old signs, in kana, without the space or in Latin letters, on the same mobile or at the same door."""
    person = dice.person()
    names = [
        "".join(OLD.get(sign, sign) for sign in person.name),
        katakana(person.reading),
        person.name.replace(" ", ""),
        person.name_en,
        person.name + "様",
    ]
    other = replace(bare(person), name=dice.one(names), domain=dice.one(FREEMAIL))
    return person, dice.one([replace(other, address=""), replace(other, phone="", name=person.name.replace(" ", "　"))])


def married(dice: Dice) -> Sides:
    """A new family name, the same given name, mobile and door."""
    person = dice.person()
    family = dice.one([one for one in dice.stock.families if one[0] not in person.name])
    first, kana = person.name.split()[1], person.reading.split()[1]
    return person, replace(person, name=f"{family[0]} {first}", reading=f"{family[1]} {kana}", name_en="")


def address_rewritten(dice: Dice) -> Sides:
    """The address in kanji digits, with prefecture and building; no phone to go by, the name cut short."""
    firm = dice.firm()
    quarter, rest = (
        firm.address.rstrip("0123456789-"),
        firm.address.lstrip("".join(set(firm.address) - set("0123456789-"))),
    )
    blocks = rest.split("-")
    written = f"{quarter}{kanji_digits(blocks[0])}丁目{blocks[1]}番{blocks[2]}号"
    town = town_of(firm, dice)
    other = replace(
        bare(firm),
        name=firm.name,
        phone="",
        address=dice.one([written, written + " 第一ビル3F", full_width(firm.address)]),
        city=dice.one([town.name, town.prefecture + town.name]),
    )
    return dice.signed(firm), dice.forgets(other, "domain")


def wrong_conversion(dice: Dice) -> Sides:
    """Right by ear, wrong by sign: 制作 for 製作."""
    trade = [index for index, one in enumerate(dice.stock.trades) if any(key in one[0] for key in LIKE_SOUND)]
    firm = dice.firm(trade=dice.one(trade))
    name = firm.name
    for right, wrong in LIKE_SOUND.items():
        name = name.replace(right, wrong)
    return dice.signed(firm), dice.forgets(
        replace(firm, name="株式会社" + name, corporate_number="", name_en=""), "domain", "address"
    )


def cut_short(dice: Dice) -> Sides:
    """An export with ten signs a name, or the name as everybody calls it."""
    firm = dice.firm(trade=0)
    short = dice.one([("株式会社" + firm.name)[:8], firm.name[:-2]])
    return dice.signed(firm), dice.forgets(replace(bare(firm), name=short), "address", share=0.4)


def read_by_machine(dice: Dice) -> Sides:
    """A card reader takes 一 for ー, ソ for ン, and loses the marks of voice."""
    firm = dice.firm(trade=dice.one([7, 10, 11]))
    misread = firm.name.translate(str.maketrans("ーンムビツ", "一ソ厶ヒシ"))
    return dice.signed(firm), dice.forgets(
        replace(bare(dice.signed(firm)), name="株式会社" + misread), "address", "domain", share=0.4
    )


# --- two that look alike ------------------------------------------------------------------------------------------------


def two_branches(dice: Dice) -> Sides:
    """Two branches of one company: one domain, two places, two customers."""
    firm = dice.firm()
    one, other = dice.two(dice.stock.towns)
    tails = dice.one([("支店", "支店"), ("営業所", "支店"), ("工場", "営業所")])
    return (
        dice.at(replace(bare(firm), name=f"株式会社{firm.name} {one.name[:2]}{tails[0]}"), one),
        dice.at(replace(bare(firm), name=f"株式会社{firm.name} {other.name[:2]}{tails[1]}"), other),
    )


def head_and_branch(dice: Dice) -> Sides:
    """The head office and a branch elsewhere, each with its own people and phone."""
    firm = dice.signed(dice.firm())
    town = other_than(town_of(firm, dice), dice)
    return firm, dice.at(
        replace(bare(firm), name=f"{firm.name}{town.name[:2]}{dice.one(['支店', '営業所', '支社'])}"), town
    )


def parent_and_child(dice: Dice) -> Sides:
    """A group: similar names, one domain, often one house; two entries in the register."""
    firm = dice.firm()
    house = next(one for one in dice.stock.houses if firm.name.startswith(one[0]))
    child = dice.one(["ホールディングス", "ロジスティクス", "ファイナンス", "エンジニアリング"])
    other = replace(
        firm,
        name=f"株式会社{house[0]}{child}",
        reading=house[1],
        name_en="",
        corporate_number=dice.number(),
        phone=dice.phone(town_of(firm, dice)),
    )
    return dice.signed(firm), dice.forgets(
        replace(other, address=dice.one([firm.address, dice.street(town_of(firm, dice))])),
        "corporate_number",
        share=0.3,
    )


def one_sign_apart(dice: Dice) -> Sides:
    """Names that differ by one sign and mean two firms."""
    heads = dice.one(
        [("東洋", "東陽"), ("大和", "大昭"), ("光洋", "光陽"), ("三葉", "二葉"), ("北斗", "北都"), ("宮本", "宮元")]
    )
    work = dice.one(dice.stock.trades)
    one = replace(dice.firm(), name=heads[0] + work[0], reading="", name_en="")
    return dice.signed(one), dice.forgets(
        dice.signed(elsewhere(one, dice, name=heads[1] + work[0])), "domain", "corporate_number"
    )


def namesakes(dice: Dice) -> Sides:
    """A common name in two towns: two numbers, two phones, two domains."""
    firm = dice.signed(dice.firm())
    return firm, dice.forgets(elsewhere(firm, dice), "name_en", "reading")


def one_switchboard(dice: Dice) -> Sides:
    """Tenants of one serviced office: its phone, its address, nothing else in common."""
    one, other = dice.firm(house=dice.rng.randrange(8)), dice.firm(house=8 + dice.rng.randrange(8))
    return dice.signed(one), dice.signed(replace(other, phone=one.phone, city=one.city, address=one.address))


def one_freemail(dice: Dice) -> Sides:
    """Two small shops of one town with an address at the same provider."""
    mail, town = dice.one(FREEMAIL), dice.one(dice.stock.towns)
    one, other = dice.two(dice.stock.trades)
    house = dice.two(dice.stock.houses)
    return (
        dice.at(Side(name=house[0][0] + one[0], domain=mail), town),
        dice.at(Side(name=house[1][0] + other[0], domain=mail), town),
    )


def one_freemail_one_house(dice: Dice) -> Sides:
    """The same family name over two different shops, both with freemail."""
    mail = dice.one(FREEMAIL)
    house, works = dice.one(dice.stock.houses), dice.two(dice.stock.trades)
    one, other = dice.two(dice.stock.towns)
    return dice.at(Side(name=house[0] + works[0][0], domain=mail), one), dice.at(
        Side(name=house[0] + works[1][0], domain=mail), other
    )


def neighbours_in_register(dice: Dice) -> Sides:
    """Registered one after the other: numbers one digit apart, both right; sister firms in one town."""
    one = dice.firm()
    twelve = one.corporate_number[1:]
    next_one = checked(twelve[:-1] + str((int(twelve[-1]) + 1) % 10))
    other = dice.firm(trade=dice.rng.randrange(12))
    while other.name[:2] == one.name[:2]:
        other = dice.firm()
    return dice.signed(one), dice.signed(replace(dice.at(other, town_of(one, dice)), corporate_number=next_one))


def two_of_one_household(dice: Dice) -> Sides:
    """Husband and wife: one name, one door, one line; two people."""
    family, given = dice.one(dice.stock.families), dice.two(dice.stock.given)
    one = dice.person(family, given[0])
    line = dice.one([dice.phone(town_of(one, dice)), one.phone])
    other = dice.person(family, given[1])
    return replace(one, phone=line), replace(other, phone=line, city=one.city, address=one.address, domain=one.domain)


def doctor_and_clinic(dice: Dice) -> Sides:
    """A person who is a customer at home, and the firm of the same name."""
    person = dice.person()
    family = person.name.split()[0]
    firm = replace(
        dice.at(Side(name=family + dice.one(["歯科医院", "税理士事務所", "酒店"])), town_of(person, dice)),
        domain=person.domain,
    )
    return person, replace(firm, phone=dice.one([person.phone, firm.phone]))


def first_and_second(dice: Dice) -> Sides:
    """Numbered houses of one operator: one domain, one town."""
    town = dice.one(dice.stock.towns)
    house, what = dice.one(dice.stock.houses), dice.one(["保育園", "小学校", "倉庫", "薬局"])
    domain = f"{house[2].lower()}.ed.jp"
    return (
        dice.at(Side(name=f"{house[0]}第一{what}", domain=domain), town),
        dice.at(Side(name=f"{house[0]}第二{what}", domain=domain), town),
    )


def franchise(dice: Dice) -> Sides:
    """One sign over two shops with two keepers."""
    brand = dice.one(["スマイル薬局", "まんぷく弁当", "カーケアワン", "個別学院ノア"])
    one, other = dice.two(dice.stock.towns)
    domain = "brand-" + dice.digits(3) + ".jp"
    return (
        dice.at(Side(name=f"{brand} {one.quarters[0]}店", domain=domain), one),
        dice.at(Side(name=f"{brand} {other.quarters[0]}店", domain=domain), other),
    )


def same_name_two_people(dice: Dice) -> Sides:
    person = dice.person()
    return person, replace(
        dice.person(),
        name=person.name,
        reading=person.reading,
        name_en=person.name_en,
        city=other_than(town_of(person, dice), dice).name,
    )


def same_sound(dice: Dice) -> Sides:
    """川井 and 河合: read alike, written otherwise, two firms of one town."""
    one, other, kana = dice.one(
        [
            ("川井", "河合", "かわい"),
            ("安部", "阿部", "あべ"),
            ("大田", "太田", "おおた"),
            ("伊東", "伊藤", "いとう"),
            ("菊池", "菊地", "きくち"),
        ]
    )
    work = dice.one(dice.stock.trades)
    first = replace(dice.firm(), name=one + work[0], reading=kana + work[1], name_en="")
    town = town_of(first, dice)
    second = dice.at(
        replace(first, name=other + work[0], corporate_number=dice.number(), domain="k" + first.domain), town
    )
    return dice.signed(first), dice.forgets(dice.signed(second), "domain", "corporate_number", share=0.3)


SAME: tuple[Recipe, ...] = (
    typing_slip, in_kana, in_romaji, old_signs, legal_form, moved_office, slip_in_number, renamed, trade_name,
    width_and_dots, with_department, noisy_phone, same_person, married, address_rewritten, wrong_conversion, cut_short,
    read_by_machine,
)  # fmt: skip
OTHER: tuple[Recipe, ...] = (
    two_branches, head_and_branch, parent_and_child, one_sign_apart, namesakes, one_switchboard, one_freemail,
    one_freemail_one_house, neighbours_in_register, two_of_one_household, doctor_and_clinic, first_and_second,
    franchise, same_name_two_people, same_sound,
)  # fmt: skip


# --- set aside: other accidents -----------------------------------------------------------------------------------------


def english_side_of_card(dice: Dice) -> Sides:
    """The back of the card: name and town in Latin letters, the phone with +81."""
    firm = dice.firm()
    known = replace(dice.signed(firm), name_en=dice.one([firm.name_en, ""]))
    return known, Side(
        name=f"{firm.name_en} Co.,Ltd.",
        phone=f"+81 {firm.phone[1:].replace('-', ' ')}",
        domain=dice.one([firm.domain, ""]),
    )


def fax_for_phone(dice: Dice) -> Sides:
    """The fax line stands in the field of the phone; the legal form is behind."""
    firm = dice.firm()
    fax = firm.phone[:-1] + str((int(firm.phone[-1]) + 1) % 10)
    return dice.signed(firm), replace(bare(firm), name=firm.name + "㈱", phone=fax)


def reading_in_name(dice: Dice) -> Sides:
    """Name and reading stand in each other's place."""
    firm = dice.firm()
    return firm, dice.forgets(
        replace(firm, name=katakana(firm.reading), reading=firm.name, corporate_number="", name_en=""),
        "domain",
        "address",
    )


def new_legal_form(dice: Dice) -> Sides:
    """A 有限会社 that became a 株式会社 and stayed where it was."""
    firm = dice.firm()
    return replace(firm, name="有限会社" + firm.name), dice.forgets(
        replace(bare(firm), name="株式会社" + firm.name), "domain", "address", share=0.4
    )


def two_slips(dice: Dice) -> Sides:
    """A wrong digit in the phone and a lost sign in the name; the domain and the door were right."""
    firm = dice.firm()
    phone = firm.phone[:-2] + str((int(firm.phone[-2]) + 4) % 10) + firm.phone[-1]
    return dice.signed(firm), replace(bare(firm), name=firm.name[:-1], phone=phone)


def turned_person(dice: Dice) -> Sides:
    """Family name first or last, in Latin letters or kana; the mobile without hyphens."""
    person = dice.person()
    last, first = person.name.split()
    kana_last, kana_first = (katakana(part) for part in person.reading.split())
    english = " ".join(reversed(person.name_en.split()))
    name = dice.one([f"{first} {last}", f"{kana_last}{kana_first}", english, english.upper()])
    return person, replace(bare(person), name=name, phone=person.phone.replace("-", ""), address="", domain="")


def long_vowels(dice: Dice) -> Sides:
    """Shouto, Shōto, SHOTO: everyone writes a long vowel in their own way."""
    firm = dice.firm()
    long = dice.one(
        [
            firm.name_en.replace("o", "ō"),
            firm.name_en.replace("o", "ou"),
            firm.name_en.upper(),
            firm.name_en.replace(" ", "-"),
        ]
    )
    return replace(dice.signed(firm), name_en=firm.name_en), Side(name=f"{long} Inc.", phone=firm.phone, city=firm.city)


def new_name_new_rooms(dice: Dice) -> Sides:
    """Renamed, and moved within the town: register and phone stayed."""
    firm, new = dice.firm(house=dice.rng.randrange(5)), dice.firm(house=5 + dice.rng.randrange(5))
    after = replace(firm, name="株式会社" + new.name, reading=new.reading, name_en=new.name_en)
    return dice.signed(firm), replace(after, address=dice.street(town_of(firm, dice)))


def by_ear(dice: Dice) -> Sides:
    """Heard on a bad line: き for ぎ, た for だ; the callback number was right."""
    firm = dice.firm()
    heard = firm.reading.translate(str.maketrans("ぎずざじだ", "きすさした"))
    return dice.signed(firm), replace(bare(firm), name=katakana(heard), domain="", address="")


def half_width(dice: Dice) -> Sides:
    """A transfer of the bank: half-width kana, large small letters, and nothing but the address from the letterhead."""
    firm = dice.firm()
    said = katakana(firm.reading).translate(str.maketrans("ャュョッ", "ヤユヨツ"))
    return dice.signed(firm), dice.forgets(replace(bare(firm), name="カ)" + said, domain=""), "phone")


def two_cards(dice: Dice) -> Sides:
    """Two cards of one firm: one with the main line, one with a mobile; the floor of the building on one of them."""
    firm = dice.signed(dice.firm())
    return firm, replace(
        bare(firm),
        phone=dice.mobile(),
        address=firm.address + " 富士ビル8階",
        name=firm.name.replace("株式会社", "株式会社　"),
    )


def two_houses_one_owner(dice: Dice) -> Sides:
    """One owner runs two firms from one desk: phone and door are the same, the trades are not."""
    works = dice.two(dice.stock.trades)
    house = dice.two(dice.stock.houses)
    one, other = dice.firm(), dice.firm()
    one = replace(one, name=house[0][0] + works[0][0], reading="", name_en="")
    return dice.signed(one), replace(
        other,
        name="合同会社" + house[1][0] + works[1][0],
        reading="",
        name_en="",
        phone=one.phone,
        city=one.city,
        address=one.address,
    )


def father_and_son(dice: Dice) -> Sides:
    """健一 and 健二 at one door on one line."""
    family = dice.one(dice.stock.families)
    one, other = dice.one([("健一", "健二"), ("正雄", "正人"), ("義男", "義夫"), ("千代", "千代子")])
    first = replace(dice.person(family), name=f"{family[0]} {one}", reading="", name_en="")
    line = dice.phone(town_of(first, dice))
    return replace(first, phone=line), replace(first, name=f"{family[0]} {other}", phone=line)


def north_and_south(dice: Dice) -> Sides:
    """北 and 南 before one name: neighbours, not one."""
    one, other = dice.one([("北", "南"), ("東", "西"), ("新", "元")])
    firm = replace(dice.firm(), reading="", name_en="")
    near = replace(
        dice.at(firm, town_of(firm, dice)),
        name=other + firm.name,
        corporate_number=dice.number(),
        domain=other.encode("idna").decode() + "." + firm.domain,
    )
    return dice.signed(replace(firm, name=one + firm.name)), dice.forgets(
        dice.signed(near), "corporate_number", "domain"
    )


def hospital_and_pharmacy(dice: Dice) -> Sides:
    """The pharmacy in front of the hospital carries its name."""
    house = dice.one(dice.stock.houses)
    one = dice.at(
        Side(name=f"医療法人{house[0]}病院", domain=f"{house[2].lower()}-hp.or.jp"), dice.one(dice.stock.towns)
    )
    other = dice.at(Side(name=f"{house[0]}病院前薬局", domain=f"{house[2].lower()}-ph.jp"), town_of(one, dice))
    return one, replace(other, address=one.address[:-1] + dice.digits(2))


def two_shops_of_a_host(dice: Dice) -> Sides:
    """Two sites at one host of shops, two towns, two trades."""
    host = dice.one(["shop-pro.jp", "jimdofree.com", "stores.jp", "ocn.ne.jp"])
    houses, works, towns = dice.two(dice.stock.houses), dice.two(dice.stock.trades), dice.two(dice.stock.towns)
    return (
        dice.at(Side(name=houses[0][0] + works[0][0], domain=host), towns[0]),
        dice.at(Side(name=houses[1][0] + works[1][0], domain=host), towns[1]),
    )


def two_town_halls(dice: Dice) -> Sides:
    """The same office of two towns."""
    one, other = dice.two(dice.stock.towns)
    what = dice.one(["商工会議所", "市民病院", "観光協会", "水道局"])
    return dice.at(Side(name=one.name + what, domain=f"{one.code}.lg.jp"), one), dice.at(
        Side(name=other.name + what, domain=f"{other.code}.lg.jp"), other
    )


def works_and_sales(dice: Dice) -> Sides:
    """A maker and the firm that sells what it makes: one house, one name in front, two entries in the register."""
    firm = replace(dice.firm(), reading="", name_en="")
    tail = dice.one(["販売", "メンテナンス", "物流サービス"])
    return dice.signed(firm), dice.signed(
        replace(firm, name=firm.name + tail, corporate_number=dice.number(), phone=dice.phone(town_of(firm, dice)))
    )


def two_brands_of_legal_form(dice: Dice) -> Sides:
    """株式会社 and 有限会社 of one name in two towns, each with its number."""
    firm = dice.firm()
    return dice.signed(firm), elsewhere(firm, dice, name="有限会社" + firm.name, name_en="")


ASIDE_SAME: tuple[Recipe, ...] = (
    english_side_of_card, fax_for_phone, reading_in_name, new_legal_form, two_slips, turned_person,
    long_vowels, new_name_new_rooms, by_ear, half_width, two_cards,
)  # fmt: skip
ASIDE_OTHER: tuple[Recipe, ...] = (
    two_houses_one_owner, father_and_son, north_and_south, hospital_and_pharmacy, two_shops_of_a_host, two_town_halls,
    works_and_sales, two_brands_of_legal_form,
)  # fmt: skip


def worked() -> list[Labelled]:
    return _pairs(SAME, WORKED, is_same=True, count=270, seed=1) + _pairs(
        OTHER, WORKED, is_same=False, count=270, seed=2
    )


def aside() -> list[Labelled]:
    return _pairs(ASIDE_SAME, ASIDE, is_same=True, count=88, seed=90_001) + _pairs(
        ASIDE_OTHER, ASIDE, is_same=False, count=80, seed=90_002
    )


def _pairs(recipes: tuple[Recipe, ...], stock: Stock, *, is_same: bool, count: int, seed: int) -> list[Labelled]:
    """The recipes in turn, each pair from a seed of its own, in either order."""
    pairs = []
    for at in range(count):
        recipe, dice = recipes[at % len(recipes)], Dice(stock, seed * 10_000 + at)
        one, other = recipe(dice)
        sides = (one, other) if dice.rng.random() < 0.5 else (other, one)
        pairs.append(Labelled(is_same, recipe.__name__, (vars(sides[0]), vars(sides[1]))))
    return pairs
