## The question

consent-page-title = Connect an agent
consent-eyebrow = An AI agent asks for access
consent-asks = “{ $agent }” wants to shop for you at { $store }
consent-asks-unnamed = An unnamed program wants to shop for you at { $store }
consent-step-up-eyebrow = A connected agent asks for more
consent-asks-more = “{ $agent }” asks for more at { $store }
consent-asks-more-unnamed = An unnamed program asks for more at { $store }
consent-not-you = Not you?

## Who asks

consent-who = Who is asking
consent-name-unverified-detail = Anyone can choose any name. Check where you will return to.
consent-described-by = Described by
consent-described-detail = { $host } publishes this description of the agent.
consent-changed-title = This agent has changed
consent-changed-detail = It describes itself in another way than when you said yes. Please look at everything again.
consent-reworded-title = The permissions are described in other words
consent-reworded-detail = They read differently when you said yes. Please look at them again.
consent-less = If you allow less now, the rest ends. Deny changes nothing.
consent-returns = You will return to
consent-returns-computer = An app on this computer
consent-returns-app = The app that opens { $scheme } links on this device
consent-store = Store
consent-loopback-title = This is an app on this computer
consent-loopback-described-detail = { $host } describes such an app, but any program on this computer can say that it is the one. Go on only if you have just started it yourself.
consent-loopback-detail = It is not a website, so nobody can check who made it. Go on only if you have just started it yourself.

## What for

consent-able = It will be able to
consent-able-detail = Only what is ticked is allowed. The agent works with less, too.
consent-new = New permission
consent-new-several = New permissions
consent-also = You can allow this, too
consent-also-detail = The agent asks for it, and does not have it so far. It works without it.
consent-kept = It keeps what you allowed before
consent-required = Needed for anything else
consent-fresh-sign-in = To allow this, you sign in again first.
consent-shown-anew = Something has changed since this page was shown. Nothing was allowed. Please look again.
consent-nothing-ticked = Without a permission the agent can do nothing. Tick what it may do, or choose Deny.

consent-limits = Limits for buying
consent-limit-order = Limit per order ({ $currency })
consent-limit-month = Limit per month ({ $currency })
consent-limits-hint = Leave a field empty for no limit. You still approve every payment yourself.
consent-limits-hint-asked = An empty field leaves what the agent asks for. You still approve every payment yourself.
consent-window = How long it may start checkouts
    .purchase = This purchase (15 minutes)
    .today = Until midnight
    .thirty-days = For 30 days

## What never

consent-never = It can never
consent-never-cards = see your card numbers
consent-never-pay = pay without your approval
consent-never-refunds = ask for refunds
consent-never-account = change your account or password

## Until when

consent-until = Until when
consent-ends = Access ends { $when }.
consent-unused = If nobody uses it, access ends { $when }.
consent-stay = When access ends
    .day = in 1 day
    .week = in 7 days
    .month = in 30 days
consent-stay-kept = { $when }, as before
consent-stay-longest = { $when }, the longest
consent-ends-soon = Access ends within the hour.
consent-checkout-lasts =
    { $minutes ->
        [one] Checkout access lasts 1 minute each time, then it must ask again.
       *[other] Checkout access lasts { $minutes } minutes each time, then it must ask again.
    }
consent-checkout-chosen = Checkout access lasts as long as you choose above, then it must ask again.
consent-stop = You can stop it at any time under Connected agents. It then stops within a second.

## The answer

consent-answer = Your answer
consent-deny = Deny
consent-allow = Allow
consent-privacy = Privacy
consent-terms = Terms
consent-details = Technical details
consent-details-client = Client id
consent-details-redirect = Redirect address
consent-details-resource = Resource
consent-details-scopes = Scopes asked for

## One question for everything, where the merchant has chosen so

bundle-eyebrow = Link your account
bundle-asks = Link your { $store } account to “{ $agent }”
bundle-asks-unnamed = Link your { $store } account to an unnamed program
bundle-able = You let it do this for you
bundle-able-detail = You agree to all of it, or to nothing.
bundle-look = See products, prices and what is in stock
bundle-buy = Fill your cart, and start checkouts for you to confirm
bundle-stay = Stay linked, so that it need not ask you each time
bundle-shared = What is shared
bundle-shared-detail = It gets an anonymous number for your account, and sees what it does for you here. It gets no password and no card number.
bundle-privacy-store = How { $store } uses your data
bundle-privacy-company = How { $company } uses your data
bundle-unlink = To unlink it, open Connected agents here and choose Disconnect. It then stops within a second.
bundle-cancel = Cancel
bundle-agree = Agree and link

## One purchase of an agent that may not start checkouts, where the merchant allows it

elevation-title = This agent has no permission to start checkouts
elevation-detail = If you approve, you allow this one order and nothing else. The agent gets no new permission.
