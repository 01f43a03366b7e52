"""English words of place: what says where the habit happens, and what only looks like it."""

from habits.understanding.text import listed

NOUNS = listed(
    """
    academy aisle alley apartment arena attic auditorium backyard bakery balcony bank bar barn basement bath
    bathroom bathtub beach bed bedroom bedside bench block boat booth bridge building bus cab cabin cafe
    cafeteria café camp campsite campus canteen car carriage castle cathedral cellar center centre chapel church
    cinema city class classroom clinic club clubhouse coast coffeehouse college commute computer conservatory
    corner corridor cottage couch country countryside court courtyard cubicle deck den desk diner dock door
    doorway dorm driveway elevator embankment entrance estate factory farm fence field fire fireplace flat floor
    foyer forest fountain fridge garage garden gate gazebo grass greenhouse ground gym gymnasium hall hallway
    hammock harbor harbour hill hills home hospital hostel hotel house hut institute island kindergarten kitchen
    lab laboratory lake laptop laundry lawn lecture library lift living lobby lounge mall market marketplace mat
    meadow metro mirror mosque mountain mountains museum nature nursery ocean office orchard oven park parking
    patio pavement pavilion pier pitch plane platform playground playroom plaza pond pool porch port pub quay
    railway restaurant rink river riverbank road roof rooftop room rug salon sauna school sea seaside shed shop
    shore shower sidewalk sink sofa spa square stable stadium stairs stairway staircase starbucks station stop
    store stove street stroller studio study subway suburb suite supermarket swimming synagogue table tavern
    taxi temple tent terminal terrace theater theatre toilet town track trail train tram treadmill treehouse
    tree tub tube underground uni university village villa waiting wardrobe warehouse waterfront weightroom wc
    window woods workplace workshop workstation yard zoo armchair chair bus-stop cupboard bookshop bookstore
    """
)
# One sits, stands or travels on these; other things that are on something are no place.
ON = listed(
    """
    balcony bank beach bed bench boat bridge bus campus carpet chair coast corner couch court deck embankment
    farm field floor grass ground hammock hill island lawn mat metro patio pavement pier pitch plane platform
    playground porch rink road roof rooftop rug shore sidewalk sofa square stairs staircase street subway
    terrace track trail train tram treadmill tube underground ferry armchair stool
    """
)
# "Look in the mirror", "put it in the fridge", "in the fire": nobody is in there.
NOT_IN = listed(
    """
    mirror window door desk table computer laptop fridge oven stove sink fire mat rug wardrobe cupboard floor
    """
)
# After "in", "on", "at", "by": how, in what or with what, but never where.
NOT_PLACES = listed(
    """
    dawn dusk sunrise sunset bedtime advance app apps band bible book books bulk calendar choir cold comfort
    company dark detail diary english french german spanish italian russian chinese japanese korean portuguese
    arabic turkish ukrainian polish hebrew latin front full fun general group guitar habit head heart hurry
    journal kindle language least life list log love mind minute moment mood moleskine myself yourself himself
    herself itself ourselves notebook notepad notes once order pairs pajamas pace pain peace person phone piano
    planner practice private public rain row secret shape silence small snow spreadsheet steps style sun team
    tears time touch turn turns tv uniform violin voice way while writing youtube duolingo anki telegram
    instagram internet web newspaper magazine first last night same most best worst foot purpose laptop computer
    ipad tablet mac pc own repeat hand memory budget diet it them me us him her you this that weight max
    full-speed speed
    """
)
# They need nothing behind them: what follows is no part of them.
CLOSED = frozenset(
    ["at home", "at work", "in bed", "at school", "at uni", "at university", "at church", "at college", "on campus"]
)
# What may stand before a bare name of a place: "the living room", "my desk".
NAMING = NOUNS | listed(
    """
    the my our a local living dining swimming coffee yoga tea bus train kitchen work home reading
    """
)
ADVERBS = listed(
    """
    anywhere everywhere here indoors online outdoors outside upstairs downstairs downtown wherever somewhere
    abroad
    """
)
NEAR = frozenset(
    ["near", "next to", "behind", "beside", "opposite", "in front of", "close to", "across from", "outside of",
     "inside of", "inside", "outside", "under", "underneath", "beneath", "between", "among", "at the side of",
     "on top of"]
)  # fmt: skip
CORE = frozenset(["in", "on", "at", "by"])
AROUND = frozenset(["around", "along", "across", "through"])
WHEN = frozenset(
    [
        "before",
        "after",
        "during",
        "until",
        "till",
        "while",
        "when",
        "since",
        "as soon as",
        "right after",
        "right before",
    ]
)
OTHER = listed(
    """
    with without for to into onto about from than as off via per against towards toward instead like using
    because except up down over past out plus so
    """
)
# Words behind which "at", "on" and "in" speak of something else than a place.
LOOKS = listed(
    """
    look looking stare staring smile smiling laugh wave yell shout glance gaze aim throw get good be
    """
)
WORKS_ON = listed(
    "work working focus focusing concentrate rely meditate reflect comment research practice practise play speak"
)
TURNS_ON = listed(
    "turn switch put try log check carry keep go going hang step count depend bet spend get hold sign move pass"
)
BELIEVES_IN = listed(
    """
    look believe invest participate log sign check fill take breathe bring engage hand major fall join trust
    tuck
    """
)
# Where the person that one calls may be; where the thing that one puts away shall be.
REACHES = listed(
    """
    call phone ring text email message meet visit see greet thank ask tell put place leave lay set hang keep
    stick drop hide calling find store
    """
)
MOVES = listed(
    """
    go get come look step head move bring take carry walk run drive ride cycle travel return be call phone text
    """
)
