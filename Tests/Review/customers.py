"""Two exports of the same customers, each written down a little differently, from a seed."""

import csv
import random

HEADER = [
    "id", "name", "first_name", "last_name", "email", "phone",
    "street", "city", "postcode", "country", "tax_number",
]
SOUNDS = ["ka", "ri", "mo", "ta", "ne", "lu", "wai", "ho", "pu", "ge", "sol", "ber", "din", "fal"]
TRADES = ["Joinery", "Plumbing", "Bakery", "Dental", "Freight", "Design", "Roofing", "Motors"]
FIRST = ["Anna", "Ben", "Chloe", "David", "Emma", "Frank", "Grace", "Hemi", "Isla", "Jack"]
STREETS = ["Queen Street", "Albert Road", "Harbour Terrace", "Victoria Avenue", "Mill Lane"]
CITIES = [("Auckland", "1010"), ("Wellington", "6011"), ("Dunedin", "9016"), ("Napier", "4110")]

# Records are text, never markup.
MARKUP = "Kauri <img src=x onerror=alert(1)> & Sons"


def word(chance, parts):
    return "".join(chance.choice(SOUNDS) for _ in range(parts)).capitalize()


def customer(chance, number):
    name, last, trade = word(chance, 3), word(chance, 3), chance.choice(TRADES)
    city, postcode = chance.choice(CITIES)
    return {
        "id": str(number), "name": f"{name} {trade} Ltd", "first_name": chance.choice(FIRST),
        "last_name": last, "email": f"{last.lower()}{number}@{name.lower()}{number}.nz",
        "phone": f"09 {chance.randint(200, 999)} {chance.randint(1000, 9999)}",
        "street": f"{chance.randint(1, 300)} {chance.choice(STREETS)}", "city": city,
        "postcode": postcode, "country": "NZ", "tax_number": "",
    }


def other_hand(chance, row):
    """The same customer as somebody else wrote it down."""
    other = dict(row, id="x" + row["id"])
    other["name"] = row["name"].replace("Ltd", chance.choice(["Limited", "Ltd", "Ltd.", ""])).strip()
    for field, odds in [("email", 0.6), ("phone", 0.4), ("street", 0.4), ("first_name", 0.3)]:
        if chance.random() < odds:
            other[field] = ""
    if chance.random() < 0.2:
        # Little but the name.
        other.update(email="", phone="", street="", city="", postcode="")
    elif chance.random() < 0.3:
        other["street"] = f"{chance.randint(1, 300)} {chance.choice(STREETS)}"
    return other


def write(folder, count, seed):
    """The paths of the left and the right file."""
    chance = random.Random(seed)
    rows = [customer(chance, number) for number in range(count)]
    rows[0]["name"] = MARKUP
    sides = rows, [other_hand(chance, row) for row in rows]
    paths = [folder / "crm.csv", folder / "books.csv"]
    for path, side in zip(paths, sides):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HEADER)
            writer.writeheader()
            writer.writerows(side)
    return paths
