import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  Post,
} from "@nestjs/common";
import { ConfigModule, ConfigService } from "@nestjs/config";
import { APP_GUARD } from "@nestjs/core";
import { RequestWhisperr, WhisperrModule, WhisperrService } from "@whisperr/node/nestjs";
import { createInvoice, slowWork } from "../shop.ts";

interface Events {
  order_placed: Record<string, never>;
  report_made: Record<string, never>;
}

@Injectable()
export class SignIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    const id = request.headers["x-user"];
    if (id !== undefined) request.user = { id };
    return true;
  }
}

/** Of one request, and so is what it is injected into. */
@Injectable()
export class Orders {
  constructor(private readonly whisperr: RequestWhisperr<Events>) {}

  async place(amountCents: number): Promise<string> {
    this.whisperr.track("order_placed");
    await createInvoice(amountCents);
    return "ordered";
  }
}

@Controller()
export class ShopController {
  constructor(
    private readonly orders: Orders,
    private readonly whisperr: WhisperrService<Events>,
  ) {}

  @Post("orders")
  order(@Body() body: { amount: number }): Promise<string> {
    return this.orders.place(body.amount);
  }

  @Get("stats")
  stats(): object {
    return this.whisperr.stats();
  }
}

@Controller()
export class ReportController {
  constructor(private readonly whisperr: WhisperrService<Events>) {}

  @Get("slow")
  async slow(): Promise<string> {
    await slowWork();
    this.whisperr.track("eve", "report_made");
    return "made";
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ ignoreEnvFile: true }),
    WhisperrModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        apiKey: "wrk_test",
        baseUrl: config.getOrThrow<string>("API_URL"),
      }),
    }),
  ],
  controllers: [ShopController, ReportController],
  providers: [Orders, { provide: APP_GUARD, useClass: SignIn }],
})
export class ShopModule {}
