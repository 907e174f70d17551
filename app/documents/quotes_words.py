"""Words that must never differ between a quote and the document, in English and Chinese."""

_NEGATIONS = """
not no nor none never neither nothing nobody nowhere cannot without hardly scarcely barely rarely
seldom lack lacks lacking absent except excluding unless fail fails failed refuse refuses refused
deny denies denied nicht kein keine keinen keiner ohne nie niemals ne pas jamais sans ni sin nunca
"""
_MODALS = """
may might must shall should can could will would ought need needs required optional mandatory
permitted prohibited forbidden allowed
"""
_AMOUNTS = """
all any some each every only both either few fewer many more most less least much several entire
whole half part third quarter double triple twice once first second fourth fifth sixth seventh
eighth ninth tenth last next before after above below over under until since within beyond between
minimum maximum up down increase increased increases increasing decrease decreased decreases
decreasing rise rises rose fall falls fell gain gained loss lost higher lower larger smaller greater
and or but if then than true false yes
"""
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
hundreds thousand thousands million millions billion billions trillion dozen percent
january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
"""
_UNITS = """
second seconds minute minutes hour hours day days week weeks month months year years decade decades
century centuries metre metres meter meters kilometre kilometres kilometer kilometers mile miles
foot feet inch inches yard yards gram grams kilogram kilograms milligram milligrams microgram
micrograms tonne tonnes ton tons pound pounds ounce ounces litre litres liter liters millilitre
milliliter gallon gallons watt watts kilowatt kilowatts megawatt volt volts ampere amperes hertz
byte bytes kilobyte kilobytes megabyte megabytes gigabyte gigabytes bit bits degree degrees celsius
fahrenheit kelvin dollar dollars euro euros cent cents yen yuan joule joules calorie calories
newton newtons pascal pascals bar acre acres hectare hectares
"""

NEGATIONS = frozenset(_NEGATIONS.split())
GUARDED = NEGATIONS | frozenset(f"{_MODALS} {_AMOUNTS} {_NUMBERS} {_UNITS}".split())
HAN_NEGATIONS = frozenset("不没沒无無未非勿莫别別否")
