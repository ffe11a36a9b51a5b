package resolutions

import (
	"encoding/json"
	"strings"
	"testing"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

var (
	today  = db.Day(2026, 5, 4)
	before = today.AddDays(-1)
	later  = today.AddDays(10)
	aWord  = i18n.Only(i18n.RU, "слово")
)

func TestStanding(t *testing.T) {
	owed := func(o obligations.Obligation) *obligations.Obligation { return &o }
	for name, c := range map[string]struct {
		item Item
		owed *obligations.Obligation
		want Standing
	}{
		"nobody asked":            {Item{Stage: ItemAdopted}, nil, NoOwner},
		"asked":                   {Item{Stage: ItemAssigned, AnswerBy: today}, nil, Waiting},
		"asked in vain":           {Item{Stage: ItemAssigned, AnswerBy: before}, nil, Unanswered},
		"declined":                {Item{Stage: ItemDeclined}, nil, Declined},
		"running":                 {Item{Stage: ItemAccepted}, owed(obligations.Obligation{Due: today}), Running},
		"silent":                  {Item{Stage: ItemAccepted}, owed(obligations.Obligation{Due: before}), Silent},
		"late with a word":        {Item{Stage: ItemInWork}, owed(obligations.Obligation{Due: before, RepliedOn: before}), Late},
		"kept":                    {Item{Stage: ItemDone}, owed(obligations.Obligation{Due: later, Outcome: obligations.Kept, OutcomeOn: today}), Kept},
		"kept late":               {Item{Stage: ItemConfirmed}, owed(obligations.Obligation{Due: before, Outcome: obligations.Kept, OutcomeOn: today}), KeptLate},
		"disputed":                {Item{Stage: ItemDone}, owed(obligations.Obligation{Due: later, Outcome: obligations.Kept, OutcomeOn: today, DisputedOn: today}), Disputed},
		"carried keeps its state": {Item{Stage: ItemCarried, CarriedAs: Silent}, owed(obligations.Obligation{Outcome: obligations.Carried}), Silent},
	} {
		if got := c.item.Standing(c.owed, today); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestItemRules(t *testing.T) {
	ask := Ask{OwnerID: 7, Due: later, Measure: aWord, AnswerBy: later}
	for name, c := range map[string]struct {
		stage ItemStage
		act   func(i *Item) error
		want  string // the field or the key of the refusal, "" when it is taken
	}{
		"an item without an owner":   {ItemAdopted, func(i *Item) error { a := ask; a.OwnerID = 0; return i.assign(a, today) }, "owner"},
		"an owner without a measure": {ItemAdopted, func(i *Item) error { a := ask; a.Measure = i18n.Text{}; return i.assign(a, today) }, "measure"},
		"a past day":                 {ItemAdopted, func(i *Item) error { a := ask; a.Due = today; return i.assign(a, today) }, "due"},
		"assigned":                   {ItemAdopted, func(i *Item) error { return i.assign(ask, today) }, ""},
		"another owner":              {ItemDeclined, func(i *Item) error { return i.assign(ask, today) }, ""},
		"taken from who accepted":    {ItemAccepted, func(i *Item) error { return i.assign(ask, today) }, "resolutions.item.accepted_already"},
		"declined without reasons":   {ItemAssigned, func(i *Item) error { return i.reply(Reply{}, today) }, "text"},
		"declined":                   {ItemAssigned, func(i *Item) error { return i.reply(Reply{Text: aWord}, today) }, ""},
		"accepted without a day":     {ItemAssigned, func(i *Item) error { return i.reply(Reply{Accept: true}, today) }, "due"},
		"accepted":                   {ItemAssigned, func(i *Item) error { return i.reply(Reply{Accept: true, Due: later}, today) }, ""},
		"answered twice":             {ItemAccepted, func(i *Item) error { return i.reply(Reply{Accept: true, Due: later}, today) }, "resolutions.item.answered_already"},
		"done without proof":         {ItemAccepted, func(i *Item) error { return i.finish(i18n.Text{}, "", false, today) }, "proof"},
		"done by no address":         {ItemAccepted, func(i *Item) error { return i.finish(aWord, "javascript:x", false, today) }, "proof_link"},
		"done":                       {ItemInWork, func(i *Item) error { return i.finish(aWord, "https://example.kz/akt", false, today) }, ""},
		"done before accepted":       {ItemAssigned, func(i *Item) error { return i.finish(aWord, "", false, today) }, "resolutions.item.not_accepted"},
		"done again undisputed":      {ItemDone, func(i *Item) error { return i.finish(aWord, "", false, today) }, "resolutions.item.not_accepted"},
		"done again after a dispute": {ItemDone, func(i *Item) error { return i.finish(aWord, "", true, today) }, ""},
		"disputed without reasons":   {ItemDone, func(i *Item) error { return i.judge(false, i18n.Text{}, today) }, "why"},
		"confirmed":                  {ItemDone, func(i *Item) error { return i.judge(true, i18n.Text{}, today) }, ""},
		"confirmed before done":      {ItemInWork, func(i *Item) error { return i.judge(true, i18n.Text{}, today) }, "resolutions.item.not_done"},
		"carried into another":       {ItemAdopted, func(i *Item) error { _, err := i.carry(Document{PreviousID: 99}, NoOwner); return err }, "resolutions.item.not_next"},
		"carried though done":        {ItemConfirmed, func(i *Item) error { _, err := i.carry(Document{PreviousID: 1}, Kept); return err }, "resolutions.item.not_to_carry"},
		"carried":                    {ItemAccepted, func(i *Item) error { _, err := i.carry(Document{PreviousID: 1}, Late); return err }, ""},
	} {
		err := c.act(&Item{DocumentID: 1, Stage: c.stage})
		got := problem.As(err)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: refused: %v", name, err)
		case c.want != "" && got == nil:
			t.Errorf("%s: taken", name)
		case c.want != "" && got.Key != c.want && got.Fields[c.want].Key == "":
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestWhoMay(t *testing.T) {
	const holder, owner, proposer, place, region = ref.ID(1), ref.ID(2), ref.ID(3), ref.ID(4), ref.ID(5)
	around := []ref.ID{place, region}
	by := func(role access.Role, scope ref.ID) access.Actor {
		return access.Actor{UserID: 9, Grants: []access.Grant{{Role: role, Scope: scope}}}
	}
	known := Item{OwnerID: owner, ProposerOrg: proposer}
	person := Item{OwnerID: owner, ProposerPerson: 9}
	for name, c := range map[string]struct {
		got  error
		want bool
	}{
		"the holder's lead keeps":             {keeps(by(access.Lead, holder), holder, around), true},
		"an officer of the region keeps":      {keeps(by(access.Officer, region), holder, around), true},
		"an officer of elsewhere":             {keeps(by(access.Officer, 77), holder, around), false},
		"staff of the holder":                 {keeps(by(access.Staff, holder), holder, around), false},
		"a stranger":                          {keeps(access.Actor{}, 0, nil), false},
		"an admin has no say":                 {keeps(by(access.Admin, 0), holder, around), false},
		"the owner's staff answer":            {owns(by(access.Staff, owner), known), true},
		"an officer of the owner answers":     {owns(by(access.Officer, owner), known), true},
		"the proposer does not answer":        {owns(by(access.Lead, proposer), known), false},
		"nobody owns what has no owner":       {owns(by(access.Lead, 0), Item{}), false},
		"the proposer judges":                 {judges(by(access.Lead, proposer), known, holder, around), true},
		"the person who proposed judges":      {judges(access.Actor{UserID: 9}, person, holder, around), true},
		"another person":                      {judges(access.Actor{UserID: 8}, person, holder, around), false},
		"the keeper when nobody is known":     {judges(by(access.Lead, holder), Item{OwnerID: owner}, holder, around), true},
		"the keeper after a guest's word":     {judges(by(access.Lead, holder), Item{OwnerID: owner, JudgedByLink: true}, holder, around), false},
		"the keeper when somebody is known":   {judges(by(access.Lead, holder), known, holder, around), false},
		"nobody judges their own work":        {judges(by(access.Lead, owner), Item{OwnerID: owner, ProposerOrg: owner}, holder, around), false},
		"the owner does not judge in silence": {judges(by(access.Lead, owner), Item{OwnerID: owner}, owner, around), false},
	} {
		if (c.got == nil) != c.want {
			t.Errorf("%s: %v", name, c.got)
		}
	}
}

func keeps(by access.Actor, holder ref.ID, around []ref.ID) error {
	_, err := mayKeep(by, holder, around)
	return err
}

func owns(by access.Actor, i Item) error {
	_, err := i.mayOwn(by)
	return err
}

func judges(by access.Actor, i Item, holder ref.ID, around []ref.ID) error {
	_, err := i.mayJudge(by, holder, around)
	return err
}

func TestReportCounts(t *testing.T) {
	rows := []Row{{Item: Item{OwnerID: 1, Theme: "youth"}, Standing: Kept}, {Item: Item{OwnerID: 1}, Standing: Silent}, {Item: Item{}, Standing: NoOwner}, {Item: Item{OwnerID: 2, Theme: "youth"}, Standing: Unanswered}}
	total, byBody, byTheme := reportOn(rows)
	if total.All != 4 || total.N(Silent, Unanswered) != 2 || total.N(Kept) != 1 {
		t.Errorf("total: %+v", total)
	}
	if len(byBody) != 3 || byBody[0].Owner != 1 || byBody[0].All != 2 || byBody[2].Owner != 0 {
		t.Errorf("by body: %+v", byBody)
	}
	if len(byTheme) != 2 || byTheme[0].Theme != "youth" || byTheme[1].All != 2 {
		t.Errorf("by theme: %+v", byTheme)
	}
	counted := map[Standing]bool{}
	for _, of := range Columns {
		for _, s := range of {
			counted[s] = true
		}
	}
	for _, s := range Standings {
		if !counted[s] {
			t.Errorf("no column of the report counts %s", s)
		}
	}
}

// An item that nobody judged by a link reads as entries from before there was one.
func TestAnItemReadsAsItsOldEntries(t *testing.T) {
	for judged, want := range map[bool]bool{false: false, true: true} {
		b, err := json.Marshal(Item{JudgedByLink: judged})
		if err != nil || strings.Contains(string(b), "judged_by_link") != want {
			t.Errorf("judged by link %v: %s, %v", judged, b, err)
		}
	}
}
