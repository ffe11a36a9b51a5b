package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/i18n"

	"golang.org/x/net/html"
)

// wrong are people who have no say in what the sample's own organization and
// region do; "" is a stranger.
var wrong = []string{"", birgetest.Citizen, birgetest.Expert, birgetest.OtherLead, birgetest.AwayOfficer}

// open says why anybody may use a door that writes, or that not everybody may
// read.
var open = map[string]string{
	"GET /{lang}/account":                          "one's own settings",
	"GET /{lang}/account/copy":                     "one's own data",
	"GET /{lang}/account/email/{token}":            "whoever holds the link has the letter",
	"GET /{lang}/account/erase":                    "one's own account",
	"GET /{lang}/account/invitations":              "the invitations that one has sent",
	"GET /{lang}/calls/{id}/apply":                 "only one's own organizations are offered",
	"GET /{lang}/desk":                             "one's own desk",
	"GET /{lang}/desk/imports":                     "one's own tables",
	"GET /{lang}/desk/imports/kinds/{kind}":        "what a table should look like",
	"GET /{lang}/desk/imports/kinds/{kind}/{file}": "an empty table",
	"GET /{lang}/desk/experts":                     "the pool of one's own places",
	"GET /{lang}/desk/experts/me":                  "an expert's own word",
	"GET /{lang}/desk/marks":                       "an expert's own works",
	"POST /{lang}/desk/experts":                    "the role that is offered is judged, and an empty form names none",
	"POST /{lang}/desk/experts/me":                 "an expert's own word",
	"POST /{lang}/desk/experts/me/conflicts":       "an expert's own word",
	"GET /{lang}/programmes/new":                   "the form asks for the funder, and its people are judged when it is sent",
	"GET /{lang}/bodies/new":                       "the form asks for the owner, and its people are judged when it is sent",
	"GET /{lang}/forms/new":                        "the form asks for the owner, and its people are judged when it is sent",
	"POST /{lang}/bodies/new":                      "the owner is judged, and an empty form names none",
	"GET /{lang}/projects/new":                     "the form asks for the organization, and its people are judged when it is sent",
	"GET /{lang}/visits":                           "an officer's own visits",
	"POST /{lang}/account":                         "one's own settings",
	"POST /{lang}/account/code":                    "one's own settings",
	"POST /{lang}/account/code/remove":             "one's own settings",
	"POST /{lang}/account/code/start":              "one's own settings",
	"POST /{lang}/account/consents":                "one's own consents",
	"POST /{lang}/account/email":                   "one's own settings",
	"POST /{lang}/account/erase":                   "one's own account",
	"POST /{lang}/account/invitations":             "the role that is offered is judged, and an empty form names none",
	"POST /{lang}/account/passkeys":                "one's own settings",
	"POST /{lang}/account/passkeys/begin":          "one's own settings",
	"POST /{lang}/account/password":                "one's own settings",
	"POST /{lang}/account/sessions/end":            "one's own sessions",
	"POST /{lang}/desk/imports/kinds/{kind}":       "each row of a table is judged, and an empty form holds no table",
	"POST /{lang}/invitations/{token}":             "whoever holds the link has the letter",
	"POST /{lang}/join/{token}":                    "whoever holds the link has the letter",
	"POST /{lang}/projects/new":                    "the organization is judged, and an empty form names none",
	"POST /{lang}/sign-in":                         "everybody may sign in",
	"POST /{lang}/sign-in/code":                    "everybody may sign in",
	"POST /{lang}/sign-in/link":                    "everybody may sign in",
	"POST /{lang}/sign-in/link/{token}":            "whoever holds the link has the letter",
	"POST /{lang}/sign-in/passkey":                 "everybody may sign in",
	"POST /{lang}/sign-in/passkey/begin":           "everybody may sign in",
	"POST /{lang}/sign-out":                        "everybody may sign out",
	"POST /{lang}/slip":                            "whoever holds the slip",
	"POST /{lang}/slip/undo":                       "whoever holds the slip",
	"POST /{lang}/visits":                          "an officer receives whoever comes, and an empty form names nobody",
	"POST /{lang}/visits/end":                      "an officer's own visits",
	"GET /{lang}/organizations/claim/{id}":         "anybody may ask to speak for an organization",
	"GET /{lang}/organizations/claims":             "the claims of an officer's own places",
	"GET /{lang}/organizations/duplicates":         "the duplicates of an officer's own places",
	"GET /{lang}/organizations/new":                "the form asks for the place, and its officers are judged when it is sent",
	"GET /{lang}/organizations/ties/{id}":          "everybody may note a tie of their own",
	"POST /{lang}/organizations/claim/{id}":        "anybody may ask to speak for an organization",
	"POST /{lang}/corrections/{kind}/{id}":         "anybody may say that something is wrong",
	"POST /{lang}/organizations/new":               "the place is judged, and an empty form names none",
	"POST /{lang}/organizations/ties/{id}":         "everybody may note a tie of their own",
	"POST /{lang}/certificates/check":              "whoever holds a certificate may check it",
	"GET /{lang}/awards/new":                       "the form asks for the organizer, and its people are judged when it is sent",
	"POST /{lang}/awards/new":                      "the organizer is judged, and an empty form names none",
	"GET /{lang}/awards/{id}/nominate":             "everybody may put an organization forward where the award says so",
	"POST /{lang}/awards/{id}/nominate":            "everybody may put an organization forward where the award says so, and an empty form names none",
	"GET /{lang}/calls/new":                        "the form asks for the funder, and its people are judged when it is sent",
	"POST /{lang}/calls/new":                       "the funder is judged, and an empty form names none",
	"GET /{lang}/forums/new":                       "the form asks for the organizer, and its people are judged when it is sent",
	"POST /{lang}/forums/{id}/register":            "anybody may want to take part, and an empty form names nobody",
	"GET /{lang}/forums/{id}/stands/new":           "only one's own organizations are offered",
	"POST /{lang}/forums/{id}/stands/new":          "the organization is judged, and an empty form names none",
	"POST /{lang}/offers/{kind}/{id}":              "anybody may offer help, and an empty form offers none",
	"POST /{lang}/offer/{token}":                   "whoever holds the link has the letter",
	"GET /{lang}/desk/offers":                      "what was offered to one's own organizations",
	"POST /{lang}/registrations/{token}":           "whoever holds the link has the letter",
	"POST /{lang}/registrations/{token}/hall":      "whoever holds the link has the letter",
	"POST /{lang}/forums/{id}/hall":                "whoever has a badge types its code, and an empty form has none",
	"POST /{lang}/hall/{token}":                    "whoever holds the link was let into the hall",
	"POST /{lang}/forums/new":                      "the organizer is judged, and an empty form names none",
	"GET /{lang}/desk/topics":                      "what one has proposed oneself",
	"GET /{lang}/topics/new":                       "everybody may propose a topic",
	"GET /{lang}/topics/open":                      "the form asks for the body, and its people are judged when it is sent",
	"POST /{lang}/topics/new":                      "everybody may propose a topic, and an empty form names none",
	"POST /{lang}/topics/alike":                    "everybody may ask what a topic is like",
	"GET /{lang}/desk/notices":                     "what one was told oneself",
	"POST /{lang}/desk/notices/feed":               "one's own feed",
	"POST /{lang}/desk/notices/feed/end":           "one's own feed",
	"POST /{lang}/desk/notices/read":               "one's own notices",
	"POST /{lang}/desk/notices/rhythm":             "one's own letters",
	"POST /{lang}/follow/confirm/{token}":          "whoever holds the link has the letter",
	"GET /{lang}/resolutions/new":                  "the form asks for the place and the holder, and their people are judged when it is sent",
	"POST /{lang}/answers/{token}":                 "whoever holds the link has the letter",
	"POST /{lang}/unsubscribe/{token}":             "whoever holds the link has the letter",

	"POST /{lang}/registrations/{token}/change":                  "whoever holds the link has the letter",
	"POST /{lang}/registrations/{token}/sessions":                "whoever holds the link has the letter",
	"POST /{lang}/registrations/{token}/delegation":              "whoever holds the link has the letter",
	"POST /{lang}/registrations/{token}/members":                 "whoever holds the link has the letter",
	"GET /{lang}/resolutions/{id}/propose":                       "everybody may make a proposal",
	"GET /{lang}/resolutions/{id}/proposals/{proposal}/support":  "everybody may support a proposal",
	"POST /{lang}/voices/{token}":                                "whoever holds the link has the letter",
	"POST /{lang}/voices/mine/{token}":                           "whoever holds the link has the letter",
	"POST /{lang}/voices/mine/{token}/items/{item}":              "whoever holds the link has the letter",
	"POST /{lang}/voices/judge/{token}":                          "whoever holds the link has the letter",
	"POST /{lang}/resolutions/{id}/propose":                      "everybody may make a proposal, and an empty form makes none",
	"POST /{lang}/resolutions/{id}/proposals/{proposal}/support": "everybody may support a proposal",
	"GET /{lang}/resolutions/{id}/amend":                         "everybody may amend an open text",
	"POST /{lang}/resolutions/{id}/amend":                        "everybody may amend an open text, and an empty form amends nothing",
	"GET /{lang}/resolutions/{id}/comments/new":                  "everybody may comment on an open text",
	"POST /{lang}/resolutions/{id}/comments":                     "everybody may comment on an open text, and an empty form says nothing",
	"GET /{lang}/resolutions/{id}/articles/{article}/comments":   "everybody may comment on an open text",
	"POST /{lang}/resolutions/{id}/articles/{article}/comments":  "everybody may comment on an open text, and an empty form says nothing",

	"POST /{lang}/devices/{token}": "whoever holds the link opens the device",
}

// typed is what a form needs so that its door judges the person and not the form.
var typed = map[string]url.Values{
	"POST /{lang}/projects/{id}/end":              {"do": {"close"}},
	"POST /{lang}/projects/{id}/reports/{report}": {"do": {"accept"}},
}

// refusals are the answers to somebody who may not do a thing, or may not know
// that it is there.
var refusals = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}

// The wrong people knock at every door behind which something of the sample's
// organization or region lies: none comes in.
func TestWrongPeopleKnockEverywhere(t *testing.T) {
	s := birgetest.StartSample(t)
	doors := map[string]bool{}
	for _, d := range s.Doors() {
		doors[d.String()] = true
		if d.Method == http.MethodGet && d.Gate == "public" || open[d.String()] != "" {
			continue
		}
		for _, who := range wrong {
			a := s.Reader(who).Do(d.Method, s.Address(d, i18n.RU), typed[d.String()])
			if !slices.Contains(refusals, a.Status) && !sentToSignIn(a) {
				t.Errorf("%s answers %d to %q", d, a.Status, who)
			}
		}
	}
	for door, why := range open {
		if !doors[door] {
			t.Errorf("%s is open (%s) and is no door any more", door, why)
		}
	}
}

func sentToSignIn(a birgetest.Answer) bool {
	return a.Status == http.StatusSeeOther && strings.Contains(a.Header.Get("Location"), "/sign-in")
}

// Whatever the wrong people read tells them nothing that is hidden: no draft, no
// event for people at risk, no private file, no name or address of a person.
func TestNothingHiddenIsTold(t *testing.T) {
	s := birgetest.StartSample(t)
	for _, d := range s.Doors() {
		if d.Method != http.MethodGet || ownPages[d.String()] {
			continue
		}
		for _, who := range wrong {
			body := s.Reader(who).Get(s.Address(d, i18n.RU)).Body
			for _, word := range append(s.NamesOfOthers(who), birgetest.HiddenReport, birgetest.HiddenCall, birgetest.HiddenEvent, birgetest.HiddenFile, birgetest.HiddenLetter, birgetest.HiddenDraft) {
				if strings.Contains(body, word) {
					t.Errorf("%s tells %q of %q", d, who, word)
				}
			}
		}
	}
	private := "/files/" + s.PrivateFile() + "/original/paper.txt"
	if a := s.Reader("").Get(private); a.Status != http.StatusNotFound {
		t.Errorf("a private file answers %d", a.Status)
	}
}

// ownPages name whoever holds the letter.
var ownPages = map[string]bool{
	"GET /{lang}/account/email/{token}": true, "GET /{lang}/join/{token}": true,
	"GET /{lang}/sign-in/link/{token}": true, "GET /{lang}/invitations/{token}": true,
}

// What is not there is not found, by whoever asks, in a page that says so.
func TestUnknownThings(t *testing.T) {
	s := birgetest.StartSample(t)
	for _, d := range s.Doors() {
		if !d.HasWildcard() {
			continue
		}
		for _, who := range []string{"", birgetest.Lead, birgetest.Officer, birgetest.Admin, birgetest.Keeper} {
			a := s.Reader(who).Do(d.Method, d.Unknown(), typed[d.String()])
			gate := d.Gate != "public" && (slices.Contains(refusals, a.Status) || sentToSignIn(a))
			if a.Status != http.StatusNotFound && !gate && notFoundOtherwise[d.String()] != a.Status {
				t.Errorf("%s answers %d to %q for a thing that is not there", d, a.Status, who)
			}
		}
	}
}

// notFoundOtherwise are doors that answer otherwise for what is not there.
var notFoundOtherwise = map[string]int{
	"GET /sign-in/from/{name}": http.StatusForbidden, // nobody began to sign in
}

func TestUnknownAddresses(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		for path, says := range map[string]string{
			"/xx/projects": "«xx»|“xx”|xx", "/ru/nothing": "Такой страницы нет", "/en/nothing": "There is no such page", "/kk/nothing": "Мұндай бет жоқ",
			"/ru/projects/nothing": "Такой страницы нет", "/projects": "", "/wp-login.php": "", "/ru/projects/%00": "",
		} {
			a := w.Stranger().Get(path)
			if a.Status != http.StatusNotFound || !containsOne(a.Body, says) {
				t.Errorf("%s: %d, wants to read %q", path, a.Status, says)
			}
		}
		for path, to := range map[string]string{"/": "/kk/", "/ru": "/ru/", "/ru/projects/": "/ru/projects"} {
			if a := w.Stranger().Get(path); a.Status/100 != 3 || a.Header.Get("Location") != to {
				t.Errorf("%s: %d to %s", path, a.Status, a.Header.Get("Location"))
			}
		}
	})
}

func containsOne(body, words string) bool {
	return slices.ContainsFunc(strings.Split(words, "|"), func(w string) bool { return strings.Contains(body, w) })
}

// A form on another site changes nothing here, whoever sends it.
func TestOtherSitesAreRefused(t *testing.T) {
	s := birgetest.StartSample(t)
	for _, d := range s.Doors() {
		if d.Method == http.MethodGet {
			continue
		}
		for _, who := range []string{"", birgetest.Lead, birgetest.Admin} {
			for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
				a := s.Reader(who).With(header, value).With("Accept-Language", "ru").Do(d.Method, s.Address(d, i18n.RU), typed[d.String()])
				if a.Status != http.StatusForbidden || !strings.Contains(a.Body, "с другого сайта") {
					t.Errorf("%s with %s %s answers %d to %q", d, header, value, a.Status, who)
				}
			}
		}
	}
}

// A form that was drawn before somebody else changed the thing changes nothing.
func TestStaleForms(t *testing.T) {
	s := birgetest.StartSample(t)
	tried := 0
	for _, p := range s.Pages(i18n.RU) {
		reader := s.Reader(p.Reader)
		for _, form := range formsOf(t, reader.Get(p.Address).Body) {
			if !form.values.Has("version") {
				continue
			}
			tried++
			form.values.Set("version", "77777")
			if a := reader.Post(form.action, form.values); a.Status < http.StatusBadRequest || a.Status >= http.StatusInternalServerError {
				t.Errorf("the form %s on %s is taken though it is stale: %d", form.action, p, a.Status)
			}
		}
	}
	if tried < 3 {
		t.Errorf("only %d forms name their version", tried)
	}
}

// form is a form of a page as a browser would send it.
type form struct {
	action string
	values url.Values
}

// formsOf reads the forms of a page that are sent by POST, as they stand.
func formsOf(t *testing.T, body string) (forms []form) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *html.Node, f *form)
	walk = func(n *html.Node, f *form) {
		if n.Type == html.ElementNode {
			at := map[string]string{}
			for _, a := range n.Attr {
				at[a.Key] = a.Val
			}
			_, checked := at["checked"]
			_, reshapes := at["formnovalidate"] // gives the form back with another row
			box := at["type"] == "checkbox" || at["type"] == "radio"
			switch {
			case n.Data == "form" && strings.EqualFold(at["method"], "post"):
				f = &form{at["action"], url.Values{}}
				defer func() { forms = append(forms, *f) }()
			case f == nil || at["name"] == "":
			case n.Data == "input" && (!box || checked):
				f.values.Add(at["name"], at["value"])
			case n.Data == "textarea" && n.FirstChild != nil:
				f.values.Add(at["name"], n.FirstChild.Data)
			case n.Data == "select":
				f.values.Add(at["name"], chosen(n))
			case n.Data == "button" && !reshapes && f.values.Get(at["name"]) == "":
				f.values.Add(at["name"], at["value"])
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, f)
		}
	}
	walk(root, nil)
	return forms
}

// chosen is the selected option of a list, else the first one.
func chosen(list *html.Node) (value string) {
	n := 0
	for c := range list.Descendants() {
		if c.Data != "option" {
			continue
		}
		selected, v := false, ""
		for _, a := range c.Attr {
			selected = selected || a.Key == "selected"
			if a.Key == "value" {
				v = a.Val
			}
		}
		if n == 0 || selected {
			value = v
		}
		n++
	}
	return value
}
