package app

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/forums/forumsweb"
	"birge/internal/homeweb"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/web"
)

// hallCommands take the hall of a forum to a place without a network and home again.
type hallCommands struct {
	Pack  hallPackCommand  `cmd:"" help:"Take the hall of a forum along: names, codes and mandates as one file. From then on the hall is on the laptop."`
	Serve hallServeCommand `cmd:"" help:"Serve the hall of such a file on the local network."`
	End   hallEndCommand   `cmd:"" help:"End the hall on the laptop and write the file that comes home."`
	Home  hallHomeCommand  `cmd:"" help:"Take over what happened on the laptop."`
}

var byHall = access.Portal("hall")

type hallPackCommand struct {
	Config
	Forum string `arg:"" help:"The forum: its id, or the address of its page."`
	File  string `arg:"" help:"The file to make; it must not be there yet." type:"path"`
}

// Run packs the hall.
func (c *hallPackCommand) Run(ctx context.Context) error {
	id, ok := ref.ParseID(c.Forum[strings.LastIndexByte(c.Forum, '/')+1:])
	if !ok {
		return fmt.Errorf("%s is no forum", c.Forum)
	}
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	l, err := p.packHall(ctx, id, c.File)
	if err == nil {
		fmt.Printf("%s: %d people, %d mandates, %d sessions; the hall is on the laptop until birge hall home brings it back\n", c.File, len(l.People), len(l.Mandates), len(l.Sessions))
	}
	return errors.Join(err, p.Close())
}

// packHall writes the file of a hall; where that fails, the hall stays here.
func (p *Portal) packHall(ctx context.Context, forum ref.ID, path string) (l forums.Luggage, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return l, err
	}
	if l, err = p.Forums.PackHall(ctx, byHall, forum); err != nil {
		return l, errors.Join(err, f.Close(), os.Remove(path))
	}
	l.Base, l.Demo = p.Config.Base, p.Config.Demo
	if err := errors.Join(json.NewEncoder(f).Encode(l), f.Sync(), f.Close()); err != nil {
		return l, errors.Join(err, p.Forums.GiveUpHall(ctx, byHall, forum))
	}
	return l, nil
}

type hallServeCommand struct {
	File   string `arg:"" help:"The file that birge hall pack has made." type:"existingfile"`
	Folder string `help:"Where the hall keeps what happens." default:"hall" type:"path"`
	Addr   string `help:"Where to listen, HOST:PORT." default:":8443" env:"BIRGE_ADDR"`
	Cert   string `help:"Certificate of the portal (PEM, with those above it). Without it there are no secret votes and no camera." type:"existingfile"`
	Key    string `help:"Key of the certificate (PEM)." type:"existingfile"`
	Zone   string `help:"Zone in which time is shown." default:"Asia/Almaty" env:"BIRGE_ZONE"`
}

// Run serves the hall until it is told to stop.
func (c *hallServeCommand) Run(ctx context.Context) error {
	l, err := readLuggage(c.File)
	if err != nil {
		return err
	}
	secure, err := c.certificate(l.Base)
	if err != nil {
		return err
	}
	p, err := openHall(ctx, Config{Data: c.Folder, Addr: c.Addr, Zone: c.Zone}, l, secure != nil)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return errors.Join(err, p.Close())
	}
	origin := "http://" + reached(listener.Addr())
	if secure != nil {
		listener, origin = tls.NewListener(listener, secure), p.Config.Base
		if origin == "" {
			origin = "https://" + reached(listener.Addr())
		}
	} else {
		fmt.Println("without a certificate there are no secret votes and no camera: somebody on the network could see what phones send")
	}
	if err := p.tellLinks(ctx, origin, l.Forum.ID); err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	return errors.Join(p.RunOn(ctx, listener), p.Close())
}

// reached is the address by which phones of the local network reach a listener.
func reached(a net.Addr) string {
	at, ok := a.(*net.TCPAddr)
	if !ok || !at.IP.IsUnspecified() {
		return a.String()
	}
	own, _ := net.InterfaceAddrs() // without them the port alone is told
	for _, x := range own {
		if n, ok := x.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return net.JoinHostPort(n.IP.String(), strconv.Itoa(at.Port))
		}
	}
	return a.String()
}

// certificate reads the portal's certificate, which must be of the portal's name; nil
// where none is given.
func (c *hallServeCommand) certificate(base string) (*tls.Config, error) {
	if c.Cert == "" && c.Key == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("the certificate cannot be used: %w", err)
	}
	if u, err := url.Parse(base); err == nil && u.Scheme == "https" {
		if err := pair.Leaf.VerifyHostname(u.Hostname()); err != nil {
			return nil, fmt.Errorf("the certificate is of another name than the portal: %w", err)
		}
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, nil
}

func readLuggage(path string) (l forums.Luggage, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return l, err
	}
	if json.Unmarshal(b, &l) != nil || l.Pack.ID == 0 || l.Forum.ID == 0 || len(l.Secret) == 0 {
		return l, fmt.Errorf("%s is no file of birge hall pack", path)
	}
	return l, nil
}

// hallFile is what the folder of a hall keeps beside its store.
const hallFile = "hall.json"

// openHall opens the folder of a hall, and furnishes a new one. A folder holds one
// hall; it answers under the portal's own name only with the portal's certificate.
func openHall(ctx context.Context, c Config, l forums.Luggage, secure bool) (*Portal, error) {
	c.Hall, c.Demo = l.Forum.ID, l.Demo
	if secure && strings.HasPrefix(l.Base, "https://") {
		c.Base = l.Base
	}
	kept, err := readLuggage(filepath.Join(c.Data, hallFile))
	fresh := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !fresh:
		return nil, err
	case !fresh && kept.Pack.ID != l.Pack.ID:
		return nil, problem.New(problem.Conflict, "app.other_hall", "folder", c.Data)
	}
	p, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	p.DB.SetNode(ref.MaxNode) // no id of the laptop is one of the portal's
	if fresh {
		err = p.furnishHall(ctx, l)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// furnishHall fills the store, and then says in the folder that it is filled.
func (p *Portal) furnishHall(ctx context.Context, l forums.Luggage) error {
	there, err := p.Forums.Unpacked(ctx)
	if err == nil && !there {
		err = p.Forums.Unpack(ctx, byHall, l)
	}
	if err != nil {
		return err
	}
	b, err := json.Marshal(forums.Luggage{Pack: l.Pack, Secret: l.Secret, Base: l.Base, Demo: l.Demo, Forum: forums.Forum{ID: l.Forum.ID}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.Config.Data, hallFile), b, 0o600)
}

// tellLinks prints where people come in, and the links of moderators and screens.
func (p *Portal) tellLinks(ctx context.Context, origin string, forum ref.ID) error {
	links, err := p.Forums.LaptopLinks(ctx, forum)
	if err != nil {
		return err
	}
	at := origin + "/" + string(i18n.KK)
	fmt.Println("everybody:", at+"/forums/"+forum.String()+"/hall")
	for _, x := range links {
		title, _ := x.Session.Title.In(i18n.KK)
		fmt.Printf("%s\n  moderator: %s/hall/%s\n  screen:    %s/hall/%s\n", title, at, x.Leads, at, x.Shows)
	}
	return nil
}

// hallSections are what the foot of a page on a laptop leads to.
func (p *Portal) hallSections() []web.Section {
	return []web.Section{{Key: "forums.hall", Path: "/forums/" + p.Config.Hall.String() + "/hall"}, {Key: "forums.help_lead", Path: "/help/hall"}}
}

// hallRoutes are the doors of a laptop: those of the hall, how to lead it, and the
// front page leads into the hall.
func (p *Portal) hallRoutes() []web.Route {
	front := func(w http.ResponseWriter, r *http.Request) error {
		return web.SeeOther(w, r, "/forums/"+p.Config.Hall.String()+"/hall", "")
	}
	return append(append(forumsweb.HallRoutes(p.forumsPages()), homeweb.HallRoutes(p.Home)...), web.Public("GET /", front).Unkept())
}

type hallEndCommand struct {
	File   string `arg:"" help:"The file that comes home; it must not be there yet." type:"path"`
	Folder string `help:"Where the hall keeps what happens." default:"hall" type:"path"`
	Zone   string `help:"Zone in which time is shown." default:"Asia/Almaty" env:"BIRGE_ZONE"`
}

// Run ends the hall, also while it is served, and writes what comes home.
func (c *hallEndCommand) Run(ctx context.Context) error {
	l, err := readLuggage(filepath.Join(c.Folder, hallFile))
	if err != nil {
		return err
	}
	p, err := openHall(ctx, Config{Data: c.Folder, Zone: c.Zone}, l, false)
	if err != nil {
		return err
	}
	if err = p.endHall(ctx, l, c.File); err == nil {
		fmt.Printf("%s: bring it home with birge hall home\n", c.File)
	}
	return errors.Join(err, p.Close())
}

// sealWait is how long the end of a hall waits for the sealer of the process that
// serves it.
const sealWait = 20 * time.Second

func (p *Portal) endHall(ctx context.Context, l forums.Luggage, path string) error {
	if err := p.Forums.EndHall(ctx, byHall); err != nil {
		return err
	}
	began := time.Now()
	for err := p.Sealer.Seal(ctx); err != nil; err = p.Sealer.Seal(ctx) {
		if time.Since(began) > sealWait || ctx.Err() != nil {
			return err
		}
		time.Sleep(time.Second / 4)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(p.Forums.WriteHome(ctx, f, l.Secret), f.Sync(), f.Close())
}

type hallHomeCommand struct {
	Config
	File string `arg:"" help:"The file that birge hall end has written." type:"existingfile"`
}

// Run takes over what happened on the laptop, all of it or nothing.
func (c *hallHomeCommand) Run(ctx context.Context) error {
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	return errors.Join(p.bringHome(ctx, c.File), p.Close())
}

func (p *Portal) bringHome(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	came, err := p.Forums.BringHome(ctx, byHall, f)
	if err != nil {
		return err
	}
	fmt.Printf("the hall is home: %d things; its own journal has %d entries and ends in %s\n", came.Things, came.Pack.Places, came.Pack.Head)
	return nil
}
