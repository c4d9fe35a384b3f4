## What went wrong, and what to do about it

error-reference = Reference
error-reference-detail = Name it if you ask the store for help.
error-home = Go to the start page

error-unknown-client = We do not know this agent
error-unknown-client-remedy = Remove the store in your agent and add it again. Then we get to know your agent anew.
error-redirect-mismatch = This agent wants to send you to an address it has not announced
error-redirect-mismatch-remedy = We stopped here, and nothing was allowed. If you did start this, remove the store in your agent and add it again.
error-bad-request = We cannot read this request
error-bad-request-remedy = Start again in your agent, or go back to the page you came from.
error-other-browser = This request began in another browser
error-other-browser-remedy = Go on in the browser where your agent opened the page, or start again in your agent. Cookies must be allowed.
error-form-expired = This form is out of date
error-form-expired-remedy = Nothing was changed. Load the page again and repeat what you did.
error-form-unreadable = This form did not reach us as it should
error-form-unreadable-remedy = Nothing was changed. Go back, load the page again and repeat what you did. If it stays, an extension of your browser may be changing the form.
error-form-too-long = This form is too long
error-form-too-long-remedy = Nothing was changed. Go back, write less and send it again.
error-too-many = Too many attempts
error-too-many-remedy = Wait a few minutes, then try again.
error-not-found = There is no such page
error-not-found-remedy = Check the address, or go to the start page.
error-forbidden = Your role does not allow this
error-forbidden-remedy = Ask an administrator of the store.
error-agents-off = This store does not take agents at the moment
error-agents-off-remedy = Nothing is wrong with your agent or your account. Try again later.
error-agent-blocked = This store does not work with this agent
error-agent-blocked-remedy = You can shop at the store yourself, or with another agent.
error-agent-away = We cannot check this agent at the moment
error-agent-away-remedy = Its maker's website does not answer as it should. Nothing was allowed. Try again in a few minutes.
error-agent-description = This agent describes itself in a way we cannot use
error-agent-description-remedy = Nothing was allowed. Only the agent's maker can mend this: tell them the reference.
error-unavailable = The store cannot answer at the moment
error-unavailable-remedy = Nothing was changed. Try again in a minute.
error-server = Something went wrong on our side
error-server-remedy = Nothing was changed. Try again; if it stays, tell the store the reference.
