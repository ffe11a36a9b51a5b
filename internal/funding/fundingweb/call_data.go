package fundingweb

import (
	"net/http"

	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// tenderFields are the fields of /api/v1/calls in their order; each has its words
// under "funding.data.".
var tenderFields = []string{
	"id", "date", "tag", "language", "buyer", "tender.id", "tender.title", "tender.description", "tender.status", "tender.phase", "tender.procuringEntity", "tender.value",
	"tender.minGrant", "tender.maxGrant", "tender.maxMonths", "tender.fundingKind", "tender.spheres", "tender.deliveryLocation", "tender.tenderPeriod", "tender.lots",
	"tender.eligibilityCriteria", "tender.eligibilityRules", "tender.awardCriteriaDetails", "tender.documents", "tender.amendments", "url", "sample",
}

// callsData tells what each field of the data about calls means.
func (h *Pages) callsData(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("funding.data.title"))
	p.Crumbs = []ui.Crumb{{Title: p.T("funding.calls"), Path: "/calls"}}
	s := ui.Sheet{Caption: p.Title, Columns: []ui.Column{{Label: p.T("funding.data.field")}, {Label: p.T("funding.data.means")}}}
	for _, f := range tenderFields {
		s.Rows = append(s.Rows, ui.Cells(f, p.T("funding.data."+f)))
	}
	return web.Render(w, r, http.StatusOK, callsDataPage(p, s))
}
