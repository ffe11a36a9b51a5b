package forumsweb

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/table"
)

// hallLine tells of a session in one line: who came, who spoke, what was asked.
func (v archiveView) hallLine(x forums.HallKept) string {
	var out string
	if x.Counted {
		n := v.Int(x.Came)
		if x.Hidden {
			n = v.T("forums.few_people")
		}
		out = joined(out, v.T("forums.kept_came", "n", n))
	}
	if x.Turns.Asked > 0 {
		out = joined(out, v.T("forums.kept_turns", "spoken", v.Int(x.Turns.Spoken), "asked", v.Int(x.Turns.Asked)))
	}
	if x.Turns.Seconds > 0 {
		out = joined(out, v.T("forums.kept_minutes", "n", v.Int((x.Turns.Seconds+59)/60)))
	}
	if x.Asked > 0 {
		out = joined(out, v.T("forums.kept_questions", "asked", v.Int(x.Asked), "shown", v.Int(int64(len(x.Heard))), "answered", v.Int(x.Answered)))
	}
	return out
}

// heardLine tells how a question ended and who wanted it answered.
func (v archiveView) heardLine(q forums.HeardQuestion) string {
	state := forums.Shown
	if q.Answered {
		state = forums.Answered
	}
	return joined(v.T("forums.question_is."+string(state)), v.N("forums.supporters", q.Supporters))
}

// hallFiles adds what happened in the halls: sessions with their numbers, questions that
// the hall saw, votes with their results, and the voices of those that were open.
func (v archiveView) hallFiles(_ context.Context, _ forums.Forum, p *forums.Package) error {
	for _, add := range []func(*forums.Package) error{v.sessionTable, v.questionTable, v.voteTable, v.voiceTable, v.voteData} {
		if err := add(p); err != nil {
			return err
		}
	}
	return nil
}

func texts(t i18n.Text) []table.Cell {
	return []table.Cell{table.Text(t.KK), table.Text(t.RU), table.Text(t.EN)}
}

func (v archiveView) sessionTable(p *forums.Package) error {
	var rows [][]table.Cell
	for _, x := range v.Halls {
		came := table.Text("")
		if x.Counted && !x.Hidden {
			came = table.Int(x.Came)
		}
		t := x.Turns
		rows = append(rows, append(texts(x.Title), came, table.YesNo(x.Hidden), table.Int(t.Asked), table.Int(t.Spoken), table.Int(t.Skipped), table.Int(t.TakenBack), table.Int(t.Seconds),
			table.Int(x.Asked), table.Int(int64(len(x.Heard))), table.Int(x.Answered), table.Int(int64(len(x.Votes)))))
	}
	return p.Table("hall/sessions.csv", []string{"session_kk", "session_ru", "session_en", "people_came", "hidden_because_few", "turns_asked", "turns_spoken", "turns_skipped", "turns_taken_back", "seconds_spoken",
		"questions_asked", "questions_shown", "questions_answered", "votes"}, rows)
}

func (v archiveView) questionTable(p *forums.Package) error {
	var rows [][]table.Cell
	for _, x := range v.Halls {
		for _, q := range x.Heard {
			if q.Text != "" {
				rows = append(rows, append(texts(x.Title), table.Text(q.Text), table.Text(string(q.Lang)), table.YesNo(q.Answered), table.Int(q.Supporters)))
			}
		}
	}
	return p.Table("hall/questions.csv", []string{"session_kk", "session_ru", "session_en", "question", "language", "answered", "people_who_wanted_an_answer"}, rows)
}

// votes are the votes of all sessions, numbered from 1.
func (v archiveView) votes() (out []forums.Roll) {
	for _, x := range v.Halls {
		out = append(out, x.Votes...)
	}
	return out
}

// choiceTexts is how a choice of a vote is called in each language.
func (v archiveView) choiceTexts(x forums.Vote, i int) (t i18n.Text) {
	t.KK, t.RU, t.EN = v.choiceIn(i18n.KK, x, i), v.choiceIn(i18n.RU, x, i), v.choiceIn(i18n.EN, x, i)
	return t
}

func (v archiveView) choiceIn(l i18n.Lang, x forums.Vote, i int) string {
	page := v.Page
	page.Printer = v.say(l)
	return choice(page, x, i)
}

func (v archiveView) voteTable(p *forums.Package) error {
	var rows [][]table.Cell
	for no, r := range v.votes() {
		x := r.Vote
		for i, n := range x.Result.Counts {
			row := append([]table.Cell{table.Int(int64(no + 1))}, texts(x.Subject)...)
			row = append(append(row, table.Text(string(x.Manner))), texts(v.choiceTexts(x, i))...)
			rows = append(rows, append(row, table.Int(n), table.Int(x.Result.Ballots), table.Int(x.Entitled), table.Text(string(x.Result.Outcome))))
		}
	}
	return p.Table("hall/votes.csv", []string{"vote", "subject_kk", "subject_ru", "subject_en", "manner", "choice_kk", "choice_ru", "choice_en", "voices", "ballots", "entitled", "outcome"}, rows)
}

// voiceTable tells for whom each mandate voted, and what each numbered voice chose. Who
// a person was it does not tell.
func (v archiveView) voiceTable(p *forums.Package) error {
	var rows [][]table.Cell
	for no, r := range v.votes() {
		for _, x := range r.Voices {
			row := []table.Cell{table.Int(int64(no + 1)), table.Int(x.No), table.Text(x.Of)}
			rows = append(rows, append(row, texts(v.choiceTexts(r.Vote, int(x.Choice)))...))
		}
	}
	return p.Table("hall/voices.csv", []string{"vote", "voice", "mandate_of", "choice_kk", "choice_ru", "choice_en"}, rows)
}

// votedData is a vote as data.
type votedData struct {
	Vote     int          `json:"vote"`
	Session  i18n.Text    `json:"session"`
	Subject  i18n.Text    `json:"subject"`
	Manner   string       `json:"manner"`
	Choices  []i18n.Text  `json:"choices"`
	OpenedAt time.Time    `json:"opened_at"`
	ClosedAt time.Time    `json:"closed_at"`
	Entitled int64        `json:"entitled"`
	Result   forums.Tally `json:"result"`
}

func (v archiveView) voteData(p *forums.Package) error {
	var list []votedData
	for no, r := range v.votes() {
		x := r.Vote
		d := votedData{Vote: no + 1, Session: r.Session.Title, Subject: x.Subject, Manner: string(x.Manner), OpenedAt: x.OpenedAt.UTC(), ClosedAt: x.ClosedAt.UTC(), Entitled: x.Entitled, Result: x.Result}
		for i := range x.Options() {
			d.Choices = append(d.Choices, v.choiceTexts(x, i))
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		return nil
	}
	return p.Add("hall/votes.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	})
}
