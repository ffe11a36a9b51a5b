package app

import (
	"context"

	"birge/internal/homeweb"
	"birge/internal/platform/web"

	"golang.org/x/sync/errgroup"
)

// routes lists the doors of every room.
func (p *Portal) routes() []web.Route {
	return homeweb.Routes(p.Home)
}

// startWorkers starts what runs beside the server.
func (p *Portal) startWorkers(ctx context.Context, g *errgroup.Group) {
	p.ready.tell()
}
