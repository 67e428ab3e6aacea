"""What customers and agents write in tickets: templates with slots, by language."""

from __future__ import annotations

GREETINGS = (
    "Hi,",
    "Hello,",
    "Hi there,",
    "Good morning,",
    "Dear team,",
    "hey",
    "Hi {agent_first},",
    "To whom it may concern,",
    "",
)

INTRODUCTIONS = (
    "this is {full}.",
    "my name is {full} and I bought {product} from you last month.",
    "{full} here.",
    "{first} here again.",
    "it's {plain}, we spoke on the phone.",
    "I am writing on behalf of {other}, who has no e-mail.",
    "{lower} here, customer since 2019",
    "I'm {initialed}, account {custid}.",
    "you have my name as {typo} but it is {full}.",
    "the account is under {reversed}.",
    "my wife {other_first} ordered this, but the account is mine ({full}).",
    "",
    "",
)

PROBLEMS = (
    "My order {order} has not arrived yet and the tracking page will not load.",
    "{product} stopped working after the last update. The light blinks three times, then nothing.",
    "I was charged twice for order {order}, card {card}.",
    "Please change my delivery address to {address}.",
    "I cannot log in with {email}, it says the account is unknown.",
    "The reset link never arrives at {email}. I looked in the spam folder too.",
    "Your courier left the parcel with {other} next door. {other_first} says it was already open.",
    "Somebody logged in from {ip}, that was not me!",
    "The invoice says {typo}, can you correct the spelling? It should be {full}.",
    "I want to cancel {product} and get my money back to {iban}.",
    "Could you add my colleague {other} ({other_email}) to our plan?",
    "Is {product} compatible with the older model? The manual on page 12 is not clear.",
    "The parcel was addressed to {upper} but the street was wrong; I live at {address}.",
    "I will be away in May, so please hold the delivery. Mark my words, hope is not a plan.",
    "My date of birth on file is wrong, it should be {birth}.",
    'Why does the app greet me as "{swapped}"? Will that ever be fixed?',
    "Your {product} makes a noise like a kettle. I grace you with a recording, see attachment.",
    "{possessive}'s subscription was upgraded without asking. That's me, by the way.",
)

CONTACTS = (
    "You can reach me at {phone}.",
    "Call me on {phone_variant} after 5 pm.",
    "My e-mail is {email}, phone {phone_variant}.",
    "Please reply to {email}.",
    "Best to use my other address {other_email}",
    "tel: {phone_solid}",
    "mail me: {email_upper}",
    "write to {email_spelled} please",
    "My daughter {other_first} answers {other_phone} during the day.",
    "Do not call, I am at work.",
    "",
    "",
    "",
)

CLOSINGS = (
    "Regards,\n{full}",
    "Best,\n{first}",
    "Thanks\n{plain}",
    "Kind regards,\n\n{full}\n{phone}\n{email}",
    "thx, {lower_first}",
    "Yours sincerely,\n{honorific}{last}",
    "-- \n{full} | {address} | {phone_variant}",
    "Cheers, {initialed}",
    "Sent from my phone",
    "Thank you!",
    "",
)

ANSWERS = (
    (
        "Hello {first}, thank you for getting in touch. I have looked at order {order} and it left"
        " our warehouse today."
    ),
    "Dear {honorific}{last}, we are sorry for the trouble with {product}. Is {email} still right?",
    "Hi {first}, I tried to call you at {phone} but nobody picked up. When is a good time?",
    "Hello {full}, your refund is on its way and should arrive within five days.",
    "Thanks {first}! I have passed this to my colleague {colleague}, who looks after {product}.",
    (
        "I see two accounts, {custid} and an older one for {possessive}'s household. Shall I merge"
        " them?"
    ),
    "Good news, {first}: a replacement will be sent to {address}.",
    "Dear {typo}, we have reset your password. A link was sent to {email}.",
    (
        "Internal note: {full}'s parcel came back, label unreadable. Asked {colleague}. Number on"
        " file {phone_variant}."
    ),
    (
        "Thank you for waiting. The update is out; please restart {product} and tell us whether the"
        " light still blinks."
    ),
    "Hello, is this still a problem for you? We close tickets after ten days without an answer.",
)

AGENT_CLOSINGS = (
    "Best regards,\n{agent}",
    "Kind regards,\n{agent_first}, customer care",
    "{agent_first}",
    "Your support team",
    "{agent_initialed}",
)

REPLIES = (
    "Yes, {email} is right.",
    "Thanks {agent_first}, that worked!",
    "No, still the same. Please call {phone_variant}.",
    "I have asked {other_first} to check, same thing there.",
    "As I said to {agent}, the order number is {order}!!",
    "Perfect, thank you. {first}",
    "Any news? {full}",
    "any time after six. {phone_solid}",
    "It arrived today. Rose petals would have been faster.",
)

SUBJECTS = (
    "Order {order} not delivered",
    "{product} broken",
    "Question about my invoice",
    "Login problem",
    "Refund for {full}",
    "URGENT!!! call me",
    "Re: your e-mail to {email}",
    "change of address",
    "Cancel {product}",
    "Help",
)

FOREIGN = {
    "de": (
        (
            "Guten Tag,\n\nmein Name ist {full}. Meine Bestellung {order} ist leider noch nicht"
            " angekommen. Sie erreichen mich unter {phone} oder {email}.\n\nMit freundlichen"
            " Grüßen\n{full}"
        ),
        (
            "Hallo {agent_first}, {product} geht nicht mehr. Bitte rufen Sie zurück:"
            " {phone_variant}. Gruß, {first}"
        ),
        (
            "Sehr geehrte Damen und Herren,\nbitte ändern Sie meine Anschrift: {address}. "
            "Die Rechnung soll weiter an {email} gehen.\n{plain}"
        ),
        "Herr oder Frau {last}, das bin ich. Meine Nachbarin {other} hat das Paket angenommen.",
    ),
    "fr": (
        (
            "Bonjour,\n\nje m'appelle {full} et ma commande {order} n'est jamais arrivée. "
            "Vous pouvez me joindre au {phone}.\n\nCordialement,\n{first}"
        ),
        "Bonjour {agent_first}, impossible de me connecter avec {email}. Merci, {full}",
        "Le colis a été remis à {other}, ma voisine. Mon adresse est {address}. {full}",
    ),
    "es": (
        (
            "Hola, soy {full}. El pedido {order} no ha llegado. Mi teléfono es {phone_variant}. Un"
            " saludo, {first}"
        ),
        (
            "Buenos días {agent_first}: no puedo entrar con {email}. ¿Me pueden llamar al"
            " {phone}?\n{full}"
        ),
        "Mi marido {other} ya escribió ayer. La dirección correcta es {address}. Gracias, {plain}",
    ),
}
"""What customers write in their own language, by ISO 639-1 code."""

LANGUAGE_OF = {"DE": "de", "FR": "fr", "ES": "es"}
"""The language a country's customers may write in instead of English."""
