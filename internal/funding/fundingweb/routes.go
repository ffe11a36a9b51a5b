// Package fundingweb shows how money is given: what is called for, who may apply,
// by what it is judged and what came of it; with the forms of those who pay and of
// those who apply.
package fundingweb

import (
	"embed"

	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/search"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// Locales holds the words of these pages, those of each noun in a folder.
//
//go:embed locales
var Locales embed.FS

// Pages are the pages of the room.
type Pages struct {
	Funding  *funding.Service
	Projects *projects.Service
	Places   *places.Service
	Orgs     *orgs.Service
	Norms    *norms.Service
	Search   *search.Engine
	Files    *files.Service
	// Words are the portal's words in its languages, for what stays in two of them.
	Words func() *i18n.Words
}

// maxUpload is how much one form of files may weigh, in bytes.
const maxUpload = 64 << 20

// Routes lists every door of this room and who may knock at it.
func Routes(h *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /calls", h.calls),
		web.Public("GET /calls/why", h.whyCalls),
		web.Public("GET /calls/data", h.callsData),
		web.Public("GET /calls.csv", h.exportCalls("csv")).Unkept(),
		web.Public("GET /calls.xlsx", h.exportCalls("xlsx")).Unkept(),
		web.Public("GET /calls.json", h.exportCalls("json")).Unkept(),
		web.Public("GET /calls.atom", h.atomCalls),
		web.Public("GET /calls.ics", h.icsCalls),
		web.PublicRaw("GET /api/v1/calls", h.callsJSON).Unkept(),
		web.Public("GET /calls/{id}", h.call),
		web.Public("GET /calls/{id}/revisions", h.revisions),
		web.Public("GET /calls/{id}/eligible", h.eligible).Unkept(),
		web.PublicRaw("GET /api/v1/calls/{id}", h.callJSON),
		web.PublicRaw("GET /calendar/calls/{id}", h.callCalendar),
		web.SignedIn("GET /calls/new", h.newCallForm),
		web.SignedIn("POST /calls/new", h.createCall),
		web.SignedIn("GET /calls/{id}/edit", h.editCallForm),
		web.SignedIn("POST /calls/{id}/edit", h.editCall),
		web.SignedIn("POST /calls/{id}/publish", h.publishCall),
		web.SignedIn("GET /calls/{id}/cancel", h.cancelCallForm),
		web.SignedIn("POST /calls/{id}/cancel", h.cancelCall),
		web.SignedIn("GET /calls/{id}/files", h.callFileForm),
		web.SignedIn("POST /calls/{id}/files", h.addCallFile).Body(funding.MaxCallFile + 1<<20),
		web.Public("GET /calls/{id}/results", h.results),
		web.Public("GET /calls/{id}/results.csv", h.exportResults("csv")).Unkept(),
		web.Public("GET /calls/{id}/results.xlsx", h.exportResults("xlsx")).Unkept(),
		web.Public("GET /calls/{id}/results.json", h.exportResults("json")).Unkept(),
		web.SignedIn("GET /calls/{id}/progress", h.progress),
		web.SignedIn("POST /calls/{id}/cut", h.cut),
		web.SignedIn("POST /calls/{id}/panel", h.openPanel),
		web.SignedIn("POST /calls/{id}/decisions", h.beginDecision),
		web.SignedIn("GET /calls/{id}/ranking", h.ranking),
		web.SignedIn("GET /calls/{id}/ranking.csv", h.exportRanking("csv")),
		web.SignedIn("GET /calls/{id}/ranking.xlsx", h.exportRanking("xlsx")),
		web.SignedIn("GET /decisions/{id}", h.decision),
		web.SignedIn("POST /decisions/{id}", h.decide),
		web.SignedIn("POST /decisions/{id}/meeting", h.toMeeting),
		web.SignedIn("GET /applications/{id}/outcome", h.outcome),
		web.SignedIn("POST /applications/{id}/outcome", h.fileAppeal),
		web.SignedIn("GET /decision-appeals/{id}", h.appeal),
		web.SignedIn("POST /decision-appeals/{id}", h.hearAppeal),
		web.SignedIn("POST /decision-appeals/{id}/meeting", h.appealToMeeting),
		web.SignedIn("POST /decision-appeals/{id}/files", h.attachToAppeal).Body(funding.MaxAppealFile + 1<<20),
		web.SignedIn("GET /decision-appeals/{id}/files/{file}", h.appealFile),

		web.Public("GET /topics", h.topics),
		web.Public("GET /topics/why", h.whyTopics),
		web.Public("GET /topics.csv", h.exportTopics("csv")).Unkept(),
		web.Public("GET /topics.xlsx", h.exportTopics("xlsx")).Unkept(),
		web.Public("GET /topics.json", h.exportTopics("json")).Unkept(),
		web.Public("GET /topics.atom", h.atomTopics),
		web.PublicRaw("GET /api/v1/topics", h.exportTopics("json")).Unkept(),
		web.Public("GET /topics/{id}", h.topic),
		web.PublicRaw("GET /api/v1/topics/{id}", h.topicJSON),
		web.SignedIn("GET /desk/topics", h.myTopics),
		web.SignedIn("GET /topics/new", h.newTopicForm),
		web.SignedIn("POST /topics/new", h.proposeTopic),
		web.SignedIn("POST /topics/alike", h.alikeWhileTyping),
		web.SignedIn("GET /topics/open", h.windowForm),
		web.SignedIn("POST /topics/open", h.openWindow),
		web.SignedIn("GET /topic-windows/{id}", h.changeWindowForm),
		web.SignedIn("POST /topic-windows/{id}", h.changeWindow),
		web.SignedIn("GET /topics/approve", h.approveForm),
		web.SignedIn("POST /topics/approve", h.approveTopics),
		web.SignedIn("GET /topics/{id}/edit", h.editTopicForm),
		web.SignedIn("POST /topics/{id}/edit", h.editTopic),
		web.SignedIn("POST /topics/{id}/withdraw", h.withdrawTopic),
		web.SignedIn("GET /topics/{id}/review", h.reviewForm),
		web.SignedIn("POST /topics/{id}/review", h.reviewTopic),
		web.SignedIn("GET /topics/{id}/papers/new", h.topicFilesForm),
		web.SignedIn("POST /topics/{id}/papers/new", h.addTopicFiles).Body(maxUpload),
		web.SignedIn("GET /topics/{id}/papers/{paper}/{variant}", h.topicFile),
		web.SignedIn("POST /topics/{id}/papers/{paper}", h.showTopicFile),

		web.Public("GET /pots/{id}", h.pot),
		web.Public("GET /pots/{id}/why", h.whyPot),
		web.SignedIn("GET /programmes/{id}/pots/new", h.newPotForm),
		web.SignedIn("POST /programmes/{id}/pots/new", h.createPot),
		web.SignedIn("GET /pots/{id}/edit", h.editPotForm),
		web.SignedIn("POST /pots/{id}/edit", h.editPot),
		web.SignedIn("GET /pots/{id}/years/{year}", h.approveYearForm),
		web.SignedIn("POST /pots/{id}/years/{year}", h.approveYear).Body(maxUpload),
		web.SignedIn("POST /pots/{id}/topics", h.fundTopics),

		web.Public("GET /forms", h.forms),
		web.SignedIn("GET /forms/new", h.newForm),
		web.SignedIn("POST /forms/new", h.createForm),
		web.Public("GET /forms/{id}", h.form),
		web.Public("GET /forms/{id}/versions/{no}", h.formVersion),
		web.Public("GET /forms/{id}/compare", h.compareForm),
		web.SignedIn("POST /forms/{id}/versions", h.publishForm),
		web.SignedIn("GET /forms/{id}/title", h.editTitle),
		web.SignedIn("POST /forms/{id}/title", h.editTitle),
		web.SignedIn("GET /forms/{id}/draft", h.builder),
		web.SignedIn("POST /forms/{id}/draft", h.arrange),
		web.SignedIn("GET /forms/{id}/draft/section", h.editSection),
		web.SignedIn("POST /forms/{id}/draft/section", h.editSection),
		web.SignedIn("GET /forms/{id}/draft/question", h.editQuestion),
		web.SignedIn("POST /forms/{id}/draft/question", h.editQuestion),
		web.SignedIn("GET /forms/{id}/draft/text", h.editText),
		web.SignedIn("POST /forms/{id}/draft/text", h.editText),
		web.SignedIn("GET /forms/{id}/draft/preview", h.preview),
		web.SignedIn("POST /forms/{id}/draft/preview", h.preview),

		web.SignedIn("GET /calls/{id}/apply", h.applyForm),
		web.SignedIn("POST /calls/{id}/apply", h.apply),
		web.SignedIn("GET /drafts/{id}", h.draft),
		web.SignedIn("GET /drafts/{id}/{step}", h.draftStep),
		web.SignedIn("POST /drafts/{id}/{step}", h.saveStep).Body(maxDraft),
		web.SignedIn("POST /drafts/{id}/form", h.saveAnswers).Body(maxDraft + maxUpload),
		web.SignedIn("POST /drafts/{id}/autosave", h.autosave).Body(maxDraft),
		web.SignedIn("GET /drafts/{id}/past", h.draftPast),
		web.SignedIn("POST /drafts/{id}/take-form", h.takeForm),
		web.SignedIn("POST /drafts/{id}/submit", h.submit),
		web.SignedIn("POST /drafts/{id}/drop", h.dropDraft),
		web.SignedIn("POST /drafts/{id}/papers", h.attach).Body(funding.MaxDraftPaper + 1<<20),
		web.SignedIn("GET /drafts/{id}/papers/{file}", h.draftPaper),
		web.SignedIn("POST /drafts/{id}/papers/{file}", h.detach),
		web.SignedIn("GET /applications/{id}", h.application),
		web.SignedIn("GET /applications/{id}/receipt", h.receipt),
		web.SignedIn("GET /applications/{id}/papers/{file}", h.paper),
		web.SignedIn("POST /applications/{id}/withdraw", h.withdraw),
		web.SignedIn("GET /applications/{id}/check", h.checkForm),
		web.SignedIn("POST /applications/{id}/check", h.check),
		web.SignedIn("GET /calls/{id}/applications", h.applications),
		web.SignedIn("POST /calls/{id}/applications", h.foresee),
		web.SignedIn("POST /calls/{id}/applications/batch", h.dealMany),
		web.SignedIn("GET /calls/{id}/applications/message", h.messageForm),
		web.SignedIn("POST /calls/{id}/applications/message", h.sendMessage),
		web.SignedIn("POST /calls/{id}/applications/undo/{batch}", h.undoBatch),
		web.SignedIn("GET /calls/{id}/applications.csv", h.exportApplications("csv")),
		web.SignedIn("GET /calls/{id}/applications.xlsx", h.exportApplications("xlsx")),
		web.Public("GET /agreements/{id}", h.agreement),
		web.Public("GET /agreements/{id}/document", h.document),
		web.SignedIn("GET /agreements/{id}/edit", h.agreementForm),
		web.SignedIn("POST /agreements/{id}/edit", h.changeAgreement),
		web.SignedIn("POST /agreements/{id}", h.actOnAgreement),
		web.SignedIn("POST /agreements/{id}/sign", h.sign).Body(maxUpload),
		web.SignedIn("GET /agreements/{id}/versions", h.agreementVersions),
		web.SignedIn("GET /agreements/{id}/signatures/{signature}", h.signatureFile),
	}
}
