"""Passwords that are tried first: words and rows of keys that lists of stolen ones begin with.

`BASES` are compared after digits and signs around a password are taken off and common
substitutions undone, so that one entry stands for `Password2026!` and `P@ssw0rd123` too.
"""

from __future__ import annotations

import re
from itertools import pairwise

_SUBSTITUTES = str.maketrans("@4831!05$7", "aaebiiosst")

BASES = frozenset(
    """
    aaaaaaaaaa abcabcabc abcd abcdef abcdefg abcdefgh abcdefghi abcdefghij access account
    administrator admin adminadmin adobe alexander alexandra amanda america andrea andrew angel
    angela anthony apple arsenal asdasd asdasdasd asdf asdfasdf asdfgh asdfghjk asdfghjkl ashley
    austin autumn babygirl badboy bailey banana barbara barcelona baseball basketball batman
    beautiful benjamin bigdaddy birmingham blink bonjour brandon british broncos brooklyn business
    butterfly california cambridge cameron captain carlos carolina caroline casper changeit
    changeme changemenow changepassword charles charlie charlotte cheese chelsea chester chicago
    chocolate christian christine christmas christopher church classic claudia coffee computer
    cookie correcthorsebatterystaple corvette cowboys creative customer daniel danielle database
    david december default defaultpassword demo demodemo dennis diamond discovery dolphin dragon
    dragonball eagles einstein elephant elizabeth eminem england everton february ferrari fishing
    florida flower flowers football forever forgotpassword france freedom friday friend friends
    garfield george germany ginger girlfriend goldfish google grandma guest guitar hannah happy
    harley harrypotter heather hello hellohello helloworld hockey hollywood holiday hunter iloveu
    iloveyou internet invitation isabella jackson january jasmine jasper jennifer jessica jesus
    jonathan jordan joseph joshua july june justice justin kawasaki killer kitty knight lakers
    lauren legend leonardo letmein letmeinnow liverpool london lovely loveme lover
    loveyou lucky maggie magic manager manchester marina marketing marlboro martin master
    matrix matthew maverick melissa mercedes merlin metallica michael michelle mickey midnight
    minecraft miller monday money monica monkey monster morgan mother motorola mustang myname
    mypassword mypass naruto natasha nathan newpassword newyork nicholas nicole nintendo nirvana
    nopassword november nothing october office oliver orange oracle pakistan pass passpass
    passphrase password passwordpassword passwort patricia patrick peaches peanut pepper
    phoenix player pokemon police porsche postgres power precious prince princess private
    purple qazwsx qazwsxedc qazwsxedcrfv queen qweasd qweasdzxc qweqwe qweqweqwe qwer qwerasdf
    qwerasdfzxcv qwert qwerty qwertyqwerty qwertyui qwertyuiop qwertz qwertzuiop rabbit rachel
    raiders rainbow ranger rangers rebecca redsox remember richard robert rocket ronaldo root
    rootroot russia samantha samsung saturday school scooter scorpion scotland sebastian secret
    secretsecret security september service shadow simple simpsons slipknot snoopy soccer
    softball sophie spiderman spring sparky starwars startrek steelers stephanie steven summer
    sunday sunflower sunshine superman superstar support sweetheart sydney system taylor teamo
    teacher technology temp temporary tennis tequila test testing testtest tester thomas
    thunder thursday tiger tigger tinkerbell toor toyota training trustme trustno tuesday
    turtle united universal user username valentina value valuecalc vanessa victoria victory
    vincent viking warrior website wednesday welcome welcomeback whatever william windows winner
    winter wizard wolverine wonderful yamaha yankees yellow yourpassword zaqwsx zaqxsw zxcvbn
    zxcvbnm zxcvbnmasdfghjkl asdfghjklqwertyuiop
    """.split()
)


def is_common(password: str) -> bool:
    """Whether a password is one of those that are tried first, or is as simple."""
    plain = password.lower()
    if len(set(plain)) <= 3 or _is_run(plain):
        return True
    if not re.search(r"[^\W\d_]", plain):
        return _is_run(re.sub(r"\D", "", plain))
    middle = _base(plain)
    spelt_out = (middle.translate(_SUBSTITUTES), _base(plain.translate(_SUBSTITUTES)))
    return any(each in BASES for each in (middle, *spelt_out))


def _base(text: str) -> str:
    """The letters in the middle, without digits and signs around them."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _is_run(text: str) -> bool:
    """Whether it counts up or down, or repeats a few characters."""
    steps = {ord(second) - ord(first) for first, second in pairwise(text)}
    counts = bool(steps) and (steps <= {1, -9} or steps <= {-1, 9})
    repeats = any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, min(5, len(text)))
    )
    return counts or repeats
