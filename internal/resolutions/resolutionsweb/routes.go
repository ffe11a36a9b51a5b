// Package resolutionsweb shows what people decided together and what became of it:
// documents with their proposals and items, the page of each item with its forms, the
// answer by a mailed link, and the delivery report as a page, on paper and on a screen.
package resolutionsweb

import (
	"embed"
	"net/http"

	"birge/internal/forums"
	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/web"
	"birge/internal/resolutions"
)

// Locales holds the words of these pages.
//
//go:embed locales/*.json
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Resolutions *resolutions.Service
	Forums      *forums.Service
	Orgs        *orgs.Service
	Places      *places.Service
	Norms       *norms.Service
	Search      *search.Engine
	// Words are the portal's words, for questions to a body in two languages.
	Words func() *i18n.Words
}

// Routes lists the doors of the room.
func Routes(p *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /resolutions", p.list),
		web.Public("GET /resolutions.atom", p.listAtom).Unkept(),
		web.Public("GET /resolutions/{id}", p.document),
		web.Public("GET /resolutions/{id}/news.atom", p.documentAtom).Unkept(),
		web.Public("GET /resolutions/{id}/items.ics", p.documentDates).Unkept(),
		web.PublicRaw("GET /api/v1/resolutions/{id}", p.documentJSON),
		web.Public("GET /resolutions/{id}/items/{item}", p.item),
		web.Public("GET /resolutions/{id}/items/{item}/news.atom", p.itemAtom).Unkept(),
		web.Public("GET /resolutions/{id}/items/{item}/dates.ics", p.itemDates).Unkept(),
		web.Public("GET /resolutions/{id}/items.csv", p.itemTable("csv")).Unkept(),
		web.Public("GET /resolutions/{id}/items.xlsx", p.itemTable("xlsx")).Unkept(),
		web.Public("GET /resolutions/{id}/items.pdf", p.itemsPDF).Unkept(),
		web.Public("GET /resolutions/{id}/package.zip", p.packed).Unkept(),
		web.Public("GET /resolutions/{id}/delivery", p.delivery),
		web.Public("GET /resolutions/{id}/delivery.pdf", p.deliveryPDF).Unkept(),
		web.Public("GET /resolutions/{id}/delivery/slides", p.slides),
		web.Public("GET /resolutions/{id}/proposals", p.proposals).Unkept(),
		web.Public("GET /resolutions/{id}/proposals.atom", p.proposalsAtom).Unkept(),
		web.Public("GET /resolutions/{id}/proposals/{proposal}", p.proposal).Unkept(),
		web.Public("GET /resolutions/{id}/propose", p.proposeForm).Unkept(),
		web.Public("POST /resolutions/{id}/propose", p.propose).PerMinute(300), // a whole hall may come from one address
		web.Public("GET /resolutions/{id}/proposals/{proposal}/support", p.supportForm).Unkept(),
		web.Public("POST /resolutions/{id}/proposals/{proposal}/support", p.support).PerMinute(300),
		web.SignedIn("POST /resolutions/{id}/proposals/{proposal}/withdraw", p.withdraw),
		web.SignedIn("GET /resolutions/{id}/proposals/{proposal}/merge", p.mergeForm),
		web.SignedIn("POST /resolutions/{id}/proposals/{proposal}/merge", p.merge),
		web.SignedIn("POST /resolutions/{id}/proposals/{proposal}/part", p.part),
		web.SignedIn("GET /resolutions/{id}/remarks", p.remarksForm),
		web.SignedIn("POST /resolutions/{id}/remarks", p.remarks),
		web.SignedIn("GET /resolutions/{id}/summary", p.summaryForm),
		web.SignedIn("POST /resolutions/{id}/summary", p.summary),
		web.Public("GET /resolutions/{id}/text", p.text),
		web.Public("GET /resolutions/{id}/articles/{article}", p.article),
		web.SignedIn("GET /resolutions/{id}/articles/new", p.writeForm),
		web.SignedIn("POST /resolutions/{id}/articles/new", p.write),
		web.SignedIn("GET /resolutions/{id}/articles/{article}/edit", p.rewriteForm),
		web.SignedIn("POST /resolutions/{id}/articles/{article}/edit", p.rewrite),
		web.SignedIn("GET /resolutions/{id}/articles/{article}/duty", p.dutyForm),
		web.SignedIn("POST /resolutions/{id}/articles/{article}/duty", p.duty),
		web.SignedIn("GET /resolutions/{id}/open", p.openForm),
		web.SignedIn("POST /resolutions/{id}/open", p.open),
		web.SignedIn("POST /resolutions/{id}/vote", p.voteOnAll),
		web.Public("GET /resolutions/{id}/comments", p.comments),
		web.SignedIn("GET /resolutions/{id}/comments/new", p.commentForm),
		web.SignedIn("POST /resolutions/{id}/comments", p.comment),
		web.SignedIn("GET /resolutions/{id}/articles/{article}/comments", p.commentForm),
		web.SignedIn("POST /resolutions/{id}/articles/{article}/comments", p.comment),
		web.SignedIn("POST /resolutions/{id}/comments/{comment}/remove", p.removeComment),
		web.Public("GET /resolutions/{id}/amendments", p.amendments),
		web.Public("GET /resolutions/{id}/amendments/{amendment}", p.amendment),
		web.SignedIn("GET /resolutions/{id}/amend", p.amendForm),
		web.SignedIn("POST /resolutions/{id}/amend", p.amend),
		web.SignedIn("GET /resolutions/{id}/amendments/{amendment}/renew", p.renewForm),
		web.SignedIn("POST /resolutions/{id}/amendments/{amendment}/renew", p.renew),
		web.SignedIn("POST /resolutions/{id}/amendments/{amendment}/withdraw", p.takeBack),
		web.SignedIn("GET /resolutions/{id}/amendments/{amendment}/advise", p.adviseForm),
		web.SignedIn("POST /resolutions/{id}/amendments/{amendment}/advise", p.advise),
		web.SignedIn("POST /resolutions/{id}/amendments/{amendment}/vote", p.voteOnOne),
		web.SignedIn("POST /resolutions/{id}/amendments/{amendment}/decide", p.decideOne),
		web.SignedIn("POST /resolutions/{id}/decide", p.decideAll),
		web.SignedIn("GET /resolutions/new", p.newDocument),
		web.SignedIn("POST /resolutions/new", p.begin),
		web.SignedIn("GET /resolutions/{id}/adopt", p.adoptForm),
		web.SignedIn("POST /resolutions/{id}/adopt", p.adopt),
		web.SignedIn("GET /resolutions/{id}/items/new", p.newItem),
		web.SignedIn("POST /resolutions/{id}/items/new", p.addItem),
		web.SignedIn("GET /resolutions/{id}/items/{item}/assign", p.assignForm),
		web.SignedIn("POST /resolutions/{id}/items/{item}/assign", p.assign),
		web.SignedIn("GET /resolutions/{id}/items/{item}/reply", p.replyForm),
		web.SignedIn("POST /resolutions/{id}/items/{item}/reply", p.reply),
		web.SignedIn("GET /resolutions/{id}/items/{item}/work", p.workForm),
		web.SignedIn("POST /resolutions/{id}/items/{item}/work", p.work),
		web.SignedIn("POST /resolutions/{id}/items/{item}/done", p.finish),
		web.SignedIn("GET /resolutions/{id}/items/{item}/judge", p.judgeForm),
		web.SignedIn("POST /resolutions/{id}/items/{item}/judge", p.judge),
		web.SignedIn("GET /resolutions/{id}/items/{item}/carry", p.carryForm),
		web.SignedIn("POST /resolutions/{id}/items/{item}/carry", p.carry),
		web.SignedIn("GET /resolutions/{id}/items/{item}/tie", p.tieForm),
		web.SignedIn("POST /resolutions/{id}/items/{item}/tie", p.tie),
		web.SignedIn("POST /resolutions/{id}/items/{item}/link", p.sendLink),
		web.Public("GET /voices/{token}", p.asked).Unkept().PerMinute(60),
		web.Public("POST /voices/{token}", p.confirmVoice).PerMinute(60),
		web.Public("GET /voices/mine/{token}", p.myVoices).Unkept().PerMinute(60),
		web.Public("POST /voices/mine/{token}", p.actOnVoices).PerMinute(60),
		web.Public("GET /voices/mine/{token}/copy", p.copyVoices).Unkept().PerMinute(60),
		web.Public("GET /voices/mine/{token}/items/{item}", p.judgeFormByLink).Unkept().PerMinute(60),
		web.Public("POST /voices/mine/{token}/items/{item}", p.judgeByLink).PerMinute(60),
		web.Public("GET /voices/judge/{token}", p.judgeFormByLink).Unkept().PerMinute(60),
		web.Public("POST /voices/judge/{token}", p.judgeByLink).PerMinute(60),
		web.Public("GET /answers/{token}", p.linked).Unkept().PerMinute(30),
		web.Public("POST /answers/{token}", p.answer).PerMinute(30),
	}
}

// term is the name of a code of a classifier.
func (p *Pages) term(say *i18n.Printer, list, code string) string {
	t, ok := p.Norms.Book().Term(list, code)
	if !ok {
		return code
	}
	return say.Text(t.Name)
}

// ids reads the ids of the document and the item in the address.
func ids(r *http.Request) (document, item ref.ID, err error) {
	if document, err = web.ID(r, "id"); err != nil {
		return 0, 0, err
	}
	item, err = web.ID(r, "item")
	return document, item, err
}
