"""The first ten lines: pip install libsiamese, then python first_lines.py"""
import libsiamese

titles = ["oak writing desk", "red velvet sofa", "brass kitchen faucet"]
queries = ["wooden desk", "red couch", "kitchen tap"]

model = libsiamese.Model("small").fit(queries, titles)
for hit in model.search("velvet couch", k=2):
    print(f"{hit.score:.2f} {hit.title}")
model.save("shop.siamese")
print(libsiamese.Model.load("shop.siamese").search("wooden table", k=1)[0].title)
