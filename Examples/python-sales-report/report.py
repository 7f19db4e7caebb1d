"""Turns a CSV of sales into a report."""

import csv
import io
import logging
import os
from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation

COLUMNS = ["date", "region", "product", "quantity", "price"]
CURRENCY = os.environ.get("CURRENCY", "EUR")

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    """Answers with the totals, the best sellers, the rows left out, and the report as text."""
    sales, rejected = read(event["csv"])
    log.info("%d rows read, %d left out", len(sales), len(rejected))
    regions, months, products = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)
    for day, region, product, amount in sales:
        regions[region] += amount
        months[day.strftime("%Y-%m")] += amount
        products[product] += amount
    best = sorted(products.items(), key=lambda item: (-item[1], item[0]))[: event.get("top", 3)]
    total = sum(regions.values(), Decimal(0))
    return {
        "currency": CURRENCY,
        "total": total,
        "regions": dict(sorted(regions.items())),
        "months": dict(sorted(months.items())),
        "best": [{"product": product, "amount": amount} for product, amount in best],
        "rejected": rejected,
        "text": write(total, regions, best, rejected),
    }


def read(text):
    """The usable sales of a CSV text, and the rows that are not usable, each with its line and the reason."""
    rows = csv.DictReader(io.StringIO(text))
    if rows.fieldnames != COLUMNS:
        raise ValueError(f"the first line must be {','.join(COLUMNS)}, not {','.join(rows.fieldnames or [])}")
    sales, rejected = [], []
    for row in rows:
        try:
            quantity = int(row["quantity"])
            price = Decimal(row["price"])
            if quantity <= 0 or price < 0:
                raise ValueError("quantity and price must be positive")
            sales.append((date.fromisoformat(row["date"]), row["region"], row["product"], quantity * price))
        except (ValueError, InvalidOperation, TypeError) as error:
            reason = "the price is no number" if isinstance(error, InvalidOperation) else str(error)
            rejected.append({"line": rows.line_num, "reason": reason})
    return sales, rejected


def write(total, regions, best, rejected):
    """The report as text."""
    lines = [f"Sales: {total:,.2f} {CURRENCY}", "", "By region"]
    for region, amount in sorted(regions.items(), key=lambda item: -item[1]):
        share = amount / total if total else Decimal(0)
        lines.append(f"  {region:<8} {amount:>12,.2f}  {share:>6.1%}  {'#' * round(share * 30)}")
    lines += ["", "Best sellers"] + [f"  {n}. {product} ({amount:,.2f})" for n, (product, amount) in enumerate(best, 1)]
    if rejected:
        lines += ["", f"Left out: {len(rejected)} rows"]
    return "\n".join(lines)
